#include "vault/base/clock.h"

#include <catch2/catch.hpp>

using namespace coffer;
using namespace std::chrono_literals;

TEST_CASE("RFC 3339 times are read with fraction and zone", "[base]") {
  // 1,000,000,000 s after the epoch was 2001-09-09T01:46:40Z.
  const auto [text, ms] = GENERATE(table<std::string, std::int64_t>({
      {"1970-01-01T00:00:00Z", 0},
      {"2001-09-09T01:46:40Z", 1'000'000'000'000},
      {"2001-09-09T01:46:40.5Z", 1'000'000'000'500},
      {"2001-09-09T01:46:40.123456789Z", 1'000'000'000'123},
      {"2001-09-09t01:46:40z", 1'000'000'000'000},
      {"2001-09-09 01:46:40Z", 1'000'000'000'000},
      {"2001-09-09T03:46:40+02:00", 1'000'000'000'000},
      {"2001-09-08T21:16:40-04:30", 1'000'000'000'000},
      {"2024-02-29T00:00:00Z", 1'709'164'800'000},
      {"1969-12-31T23:59:59.999Z", -1},
  }));
  CAPTURE(text);
  const auto parsed = parse_rfc3339(text);
  REQUIRE(parsed);
  CHECK(to_ms(*parsed) == ms);
}

TEST_CASE("a broken time is nothing", "[base]") {
  const std::string text = GENERATE(
      as<std::string>{}, "", "now", "2001-09-09", "2001-09-09T01:46:40", "2001-09-09T01:46Z",
      "2001-9-09T01:46:40Z", "2001-13-01T00:00:00Z", "2001-00-01T00:00:00Z", "2001-02-29T00:00:00Z",
      "2001-01-00T00:00:00Z", "2001-01-01T24:00:00Z", "2001-01-01T00:60:00Z", "2001-01-01T00:00:61Z",
      "2001-01-01T00:00:00.Z", "2001-01-01T00:00:00.5", "2001-01-01T00:00:00+2:00",
      "2001-01-01T00:00:00+24:00", "2001-01-01T00:00:00+00:60", "2001-01-01T00:00:00Zx",
      "-001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "2001/01/01T00:00:00Z", "2001-01-01T00:00:0 Z");
  CAPTURE(text);
  CHECK_FALSE(parse_rfc3339(text));
}

TEST_CASE("a time that leads out of the years of four digits is nothing", "[base]") {
  CHECK(parse_rfc3339("9999-12-31T23:59:59Z"));
  CHECK_FALSE(parse_rfc3339("9999-12-31T23:59:60Z"));
  CHECK_FALSE(parse_rfc3339("9999-12-31T23:30:00-01:00"));
  CHECK_FALSE(parse_rfc3339("0001-01-01T00:30:00+01:00"));
  CHECK_FALSE(parse_http_date("Fri, 31 Dec 9999 23:59:60 GMT"));
}

TEST_CASE("a time is written in UTC with milliseconds, and reads back the same", "[base]") {
  CHECK(to_rfc3339(from_ms(1'000'000'000'007)) == "2001-09-09T01:46:40.007Z");
  CHECK(to_rfc3339(from_ms(-1)) == "1969-12-31T23:59:59.999Z");
  const std::int64_t ms = GENERATE(0, 1, 999, 1'795'348'800'000, 253'402'300'799'999);
  CHECK(parse_rfc3339(to_rfc3339(from_ms(ms))) == from_ms(ms));
}

TEST_CASE("HTTP dates are those of RFC 9110", "[base]") {
  CHECK(to_http_date(from_ms(784'111'777'000)) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == from_ms(784'111'777'000));
  for (const auto* text :
       {"", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "0"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text));
  }
}

TEST_CASE("durations are numbers with units", "[base]") {
  const auto [text, expected] = GENERATE(table<std::string, Duration>({
      {"55m", 55min},
      {"1h30m", 90min},
      {"90s", 90s},
      {"90", 90s},
      {"2d", 48h},
      {"1w", 168h},
      {"250ms", 250ms},
      {"1m1ms", 60001ms},
      {"0", 0ms},
  }));
  CAPTURE(text);
  CHECK(parse_duration(text) == expected);
}

TEST_CASE("a broken duration is nothing", "[base]") {
  const std::string text =
      GENERATE(as<std::string>{}, "", "m", "-5m", "1.5h", "5 m", " 5m", "5x", "5M", "1h-5m", "1234567890s",
               "999999999w999999999w999999999w999999999w999999999w");
  CAPTURE(text);
  CHECK_FALSE(parse_duration(text));
}

TEST_CASE("a movable clock stands still until it is told to move", "[base]") {
  MovableClock clock(from_ms(1000));
  CHECK(clock.is_frozen());
  CHECK(clock.now() == from_ms(1000));
  clock.advance(55min);
  CHECK(clock.now() == from_ms(1000) + 55min);
  clock.advance(-55min);
  CHECK(clock.now() == from_ms(1000));
  clock.set(from_ms(5));
  CHECK(clock.now() == from_ms(5));
}

TEST_CASE("a running clock goes on from where it stands, and keeps its time when it freezes", "[base]") {
  MovableClock clock(from_ms(1000));
  clock.run_at(1.0);
  CHECK_FALSE(clock.is_frozen());
  const Timestamp first = clock.now();
  CHECK(first >= from_ms(1000));
  CHECK(first < from_ms(1000) + 60s);
  CHECK(clock.now() >= first);
  clock.advance(1h);
  CHECK(clock.now() >= first + 1h);
  clock.freeze();
  const Timestamp frozen = clock.now();
  CHECK(frozen >= first + 1h);
  CHECK(clock.now() == frozen);
}

TEST_CASE("a fast clock runs by its rate", "[base]") {
  MovableClock clock(from_ms(0));
  clock.run_at(1'000'000.0);
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < 1ms) {
  }
  clock.freeze();
  CHECK(clock.now() >= from_ms(1'000'000));
}

TEST_CASE("the system clock is near the system's", "[base]") {
  const auto difference = SystemClock().now() - std::chrono::system_clock::now();
  CHECK(difference < 10s);
  CHECK(difference > -10s);
}
