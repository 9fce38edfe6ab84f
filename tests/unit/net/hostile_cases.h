#pragma once

#include <string>
#include <vector>

namespace coffer::testing {

// Bytes of one client and the statuses that a sound server answers, in order, before it closes.
struct HostileCase {
  std::string name;
  std::string bytes;
  std::vector<int> statuses;
};

std::vector<HostileCase> framing_cases();
std::vector<HostileCase> host_cases();
std::vector<HostileCase> syntax_cases();
std::vector<HostileCase> size_cases();
// One case per byte value and place: method, target, header name, header value, Host.
std::vector<HostileCase> byte_cases();
std::vector<HostileCase> all_hostile_cases();

}  // namespace coffer::testing
