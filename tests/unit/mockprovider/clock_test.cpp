#include <future>

#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

TEST_CASE("a clock takes a rate with a fraction and refuses one that is too fast", "[clock]") {
  MockWorld world;
  CHECK(world.control("POST", "/_mock/clock", {{"rate", 0.5}})["frozen"] == false);
  CHECK(world.control("POST", "/_mock/clock", {{"rate", 0}})["frozen"] == true);
  CHECK(world.post_json("/_mock/clock", {{"rate", 1'000'001}}).status == 400);
  CHECK(world.post_json("/_mock/clock", {{"rate", -1}}).status == 400);
}

TEST_CASE("a clock that is set and advanced at once stands behind both", "[clock]") {
  MockWorld world;
  const Json clock =
      world.control("POST", "/_mock/clock", {{"set", "2027-01-01T00:00:00Z"}, {"advance", "1h"}});
  CHECK(clock["now"] == "2027-01-01T01:00:00.000Z");
}

TEST_CASE("a wrong member leaves the clock where it was", "[clock]") {
  MockWorld world;
  CHECK(world.post_json("/_mock/clock", {{"advance", "1h"}, {"rate", "fast"}}).status == 400);
  CHECK(world.control("GET", "/_mock/clock")["now"] == "2026-11-22T12:00:00.000Z");
}

TEST_CASE("a shared clock is moved by those who live by it", "[clock]") {
  MovableClock clock(from_ms(coffer::testing::kStartMs));
  std::vector<Timestamp> targets;
  TenantOptions options{kUrl, clock, shipped_catalog(), shipped_profiles(), 1, [&](Timestamp target) {
                          targets.push_back(target);
                          clock.set(target);
                        }};
  Front front(options, [](Duration) {});
  ServerRequest request;
  request.method = "POST";
  request.target = request.path = "/_mock/clock";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = R"({"advance":"1h"})";
  CHECK(front.handle(request).status == 200);
  REQUIRE(targets.size() == 1);
  CHECK(to_rfc3339(targets[0]) == "2026-11-22T13:00:00.000Z");
}

TEST_CASE("an answer that is late by the clock has come when the clock's move is answered", "[clock]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  world.control("POST", "/_mock/faults",
                {{"endpoint", "refresh"}, {"action", "delay"}, {"latency", "5m"}, {"latency_by", "clock"}});
  auto late = std::async(std::launch::async,
                         [&] { return world.refresh("mockidp", tokens["refresh_token"]).status; });
  const auto hits = [&] { return world.control("GET", "/_mock/faults")["faults"][0]["hits"]; };
  while (hits() == 0) std::this_thread::yield();
  world.control("POST", "/_mock/clock", {{"advance", "4m"}});
  CHECK(world.control("GET", "/_mock/journal?endpoint=refresh")["entries"].empty());
  world.control("POST", "/_mock/clock", {{"advance", "1m"}});
  const Json entries = world.control("GET", "/_mock/journal?endpoint=refresh")["entries"];
  REQUIRE(entries.size() == 1);
  CHECK(entries[0]["at"] == "2026-11-22T12:05:00.000Z");
  CHECK(late.get() == 200);
  CHECK(world.paused == 0ms);
}
