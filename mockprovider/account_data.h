#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace coffer::mock {

// What one account has at one toolkit.
struct AccountData {
  std::map<std::string, std::vector<nlohmann::json>> stores;  // rows, oldest first
  std::map<std::string, std::int64_t> counters;               // the last number given out

  std::string next(const std::string& counter) { return std::to_string(++counters[counter]); }
};

}  // namespace coffer::mock
