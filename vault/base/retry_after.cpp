#include "vault/base/retry_after.h"

#include <algorithm>
#include <charconv>

namespace coffer {
namespace {

bool is_all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Duration from_seconds(std::string_view digits) {
  const std::int64_t longest = std::chrono::duration_cast<std::chrono::seconds>(kLongestRetryAfter).count();
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (error != std::errc()) return kLongestRetryAfter;  // more digits than a number holds
  return std::chrono::seconds(std::min(seconds, longest));
}

}  // namespace

std::optional<Duration> retry_after(const HttpHeaders& headers, Timestamp received_at) {
  const std::string_view value = trimmed(header_value(headers, "Retry-After"));
  if (is_all_digits(value)) return from_seconds(value);
  const auto date = parse_http_date(value);
  if (!date) return std::nullopt;
  return std::clamp<Duration>(*date - received_at, Duration::zero(), kLongestRetryAfter);
}

}  // namespace coffer
