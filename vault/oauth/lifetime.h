#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "vault/base/clock.h"

namespace coffer {

inline constexpr Duration kShortestLifetime = std::chrono::seconds(30);
inline constexpr Duration kLongestLifetime = std::chrono::hours(24 * 365);
// For answers that say that the token expires, but not in a way anybody could read.
inline constexpr Duration kLifetimeIfUnreadable = std::chrono::hours(1);

// An expires_in as providers write it: seconds as number or text, "D:HH:MM", a moment in RFC 3339.
// nullopt: unreadable, zero or negative. At most kLongestLifetime.
std::optional<Duration> parse_lifetime(const nlohmann::json& value, Timestamp sent_at);

// An expires_at: RFC 3339, or seconds or milliseconds since 1970.
std::optional<Duration> parse_expiry_moment(const nlohmann::json& value, Timestamp sent_at);

}  // namespace coffer
