// Moments and durations as others write them: Retry-After, HTTP dates, RFC 3339, "1h30m".
#include "vault/base/retry_after.h"
#include "tests/fuzz/fuzz.h"

using namespace coffer;

namespace {

const Timestamp kNow = from_ms(1'795'348'800'000);  // 2026-11-22T12:00:00Z

void check_retry_after(std::string_view text) {
  const auto wait = retry_after({{"Retry-After", std::string(text)}}, kNow);
  fuzz::require(!wait || (*wait >= Duration::zero() && *wait <= kLongestRetryAfter),
                "a wait is between nothing and a day");
}

void check_moments(std::string_view text) {
  if (const auto moment = parse_http_date(text)) {
    fuzz::require(parse_http_date(to_http_date(*moment)) == moment, "an HTTP date reads as it is written");
  }
  if (const auto moment = parse_rfc3339(text)) {
    fuzz::require(parse_rfc3339(to_rfc3339(*moment)) == moment, "a moment reads as it is written");
  }
}

void check_duration(std::string_view text) {
  const auto duration = parse_duration(text);
  fuzz::require(!duration || *duration >= Duration::zero(), "a duration is not negative");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  check_retry_after(text);
  check_moments(text);
  check_duration(text);
  return 0;
}
