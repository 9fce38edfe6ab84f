#include "vault/oauth/lifetime.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/json.h"

namespace coffer {
namespace {

std::optional<double> to_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<double> number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return to_number(value.get_ref<const std::string&>());
  return std::nullopt;
}

// "1:06:30": a day, six hours and a half.
std::optional<double> seconds_of_days_hours_minutes(const std::string& text) {
  const auto parts = split(text, ':');
  if (parts.size() != 3) return std::nullopt;
  const auto days = to_number(parts[0]);
  const auto hours = to_number(parts[1]);
  const auto minutes = to_number(parts[2]);
  if (!days || !hours || !minutes) return std::nullopt;
  return ((*days * 24 + *hours) * 60 + *minutes) * 60;
}

// `!(x > 0)` also holds for NaN.
std::optional<Duration> bounded(double seconds) {
  if (!(seconds > 0)) return std::nullopt;
  const double longest = std::chrono::duration<double>(kLongestLifetime).count();
  return Duration(static_cast<std::int64_t>(std::min(seconds, longest) * 1000));
}

std::optional<Duration> until(const Json& value, Timestamp sent_at) {
  if (!value.is_string()) return std::nullopt;
  const auto moment = parse_rfc3339(value.get_ref<const std::string&>());
  if (!moment || *moment <= sent_at) return std::nullopt;
  return std::min<Duration>(*moment - sent_at, kLongestLifetime);
}

}  // namespace

std::optional<Duration> parse_lifetime(const Json& value, Timestamp sent_at) {
  if (const auto number = number_of(value)) return bounded(*number);
  if (const auto lifetime = until(value, sent_at)) return lifetime;
  if (!value.is_string()) return std::nullopt;
  const auto seconds = seconds_of_days_hours_minutes(value.get_ref<const std::string&>());
  return seconds ? bounded(*seconds) : std::nullopt;
}

std::optional<Duration> parse_expiry_moment(const Json& value, Timestamp sent_at) {
  constexpr double kMillisecondsFrom = 1e11;  // in seconds, the year 5138
  const auto number = number_of(value);
  if (!number) return until(value, sent_at);
  const double epoch_s = *number >= kMillisecondsFrom ? *number / 1000 : *number;
  return bounded(epoch_s - static_cast<double>(to_ms(sent_at)) / 1000);
}

}  // namespace coffer
