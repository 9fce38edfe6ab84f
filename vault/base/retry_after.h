#pragma once

#include <optional>

#include "vault/base/http.h"

namespace coffer {

inline constexpr Duration kLongestRetryAfter = std::chrono::hours(24);

// The Retry-After header (RFC 9110 section 10.2.3), in seconds or as a date counted from
// `received_at`. A past date is zero, more than 24 hours is 24 hours, nonsense is nullopt.
std::optional<Duration> retry_after(const HttpHeaders& headers, Timestamp received_at);

}  // namespace coffer
