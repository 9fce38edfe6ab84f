#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mockprovider/grants.h"

namespace coffer::mock {

// RFC 6749 section 5.2, about a code or a refresh token.
Refusal invalid_grant(std::string description, std::string family = {}, std::string parent = {});

bool is_subset(const std::vector<std::string>& part, const std::vector<std::string>& whole);

// Absent: there is no end.
std::optional<Duration> until(const std::optional<Timestamp>& end, Timestamp now);

}  // namespace coffer::mock
