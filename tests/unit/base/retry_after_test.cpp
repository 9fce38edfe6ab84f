#include "vault/base/retry_after.h"

#include <catch2/catch.hpp>

using namespace coffer;

TEST_CASE("Retry-After is a bounded wait or nothing", "[http]") {
  const Timestamp now = *parse_rfc3339("2026-11-22T12:00:00Z");
  const auto read = [&](const char* value) { return retry_after({{"Retry-After", value}}, now); };
  CHECK(read("7") == std::chrono::seconds(7));
  CHECK(read(" 7 ") == std::chrono::seconds(7));
  CHECK(read("86401") == kLongestRetryAfter);
  CHECK(read("999999999999999999999999") == kLongestRetryAfter);
  CHECK(read("Sun, 22 Nov 2026 12:01:00 GMT") == std::chrono::seconds(60));
  CHECK(read("Sat, 21 Nov 2026 12:01:00 GMT") == Duration::zero());
  CHECK(read("Sun, 22 Nov 2099 12:01:00 GMT") == kLongestRetryAfter);
  for (const char* nonsense : {"", "-1", "1.5", "0x10", "tomorrow", "Sun, 22 Nov"})
    CHECK(read(nonsense) == std::nullopt);
  CHECK(retry_after({}, now) == std::nullopt);
}
