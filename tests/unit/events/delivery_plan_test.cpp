#include "vault/events/delivery_plan.h"

#include <catch2/catch.hpp>

using namespace coffer;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("ten attempts are spread over more than three days", "[events]") {
  const std::vector<Duration> waits{seconds(0), seconds(5), minutes(5), minutes(30), hours(2),
                                    hours(5),   hours(10),  hours(14),  hours(20),   hours(24)};
  SeededRandom random(5);
  for (std::size_t i = 0; i < waits.size(); ++i) {
    bool differs = false;
    for (int k = 0; k < 100; ++k) {
      const auto wait = delivery_wait(static_cast<int>(i), random);
      REQUIRE(wait);
      CHECK(*wait >= waits[i] * 8 / 10);
      CHECK(*wait <= waits[i] * 12 / 10);
      differs = differs || *wait != waits[i];
    }
    CHECK(differs == (i > 0));
  }
  CHECK(delivery_wait(10, random) == std::nullopt);
  CHECK(delivery_wait(-1, random) == std::nullopt);
}
