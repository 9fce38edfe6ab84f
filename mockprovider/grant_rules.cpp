#include "mockprovider/grant_rules.h"

#include <algorithm>
#include <utility>

namespace coffer::mock {

Refusal invalid_grant(std::string description, std::string family, std::string parent) {
  return {"invalid_grant", std::move(description), std::move(family), std::move(parent)};
}

bool is_subset(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
  return std::all_of(part.begin(), part.end(), [&](const std::string& scope) {
    return std::find(whole.begin(), whole.end(), scope) != whole.end();
  });
}

std::optional<Duration> until(const std::optional<Timestamp>& end, Timestamp now) {
  if (!end) return std::nullopt;
  return *end - now;
}

}  // namespace coffer::mock
