#include <future>

#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

namespace {

struct Watched : MockWorld {
  Json tokens = connect("mockidp");
  std::uint64_t start = control("GET", "/_mock/journal")["entries"].back()["number"];

  void refresh_again() { tokens = parse_json(refresh("mockidp", tokens["refresh_token"]).body); }
  // Of refreshes since the connection was made; waits for nothing.
  std::string verdict(Json more) {
    more.update({{"endpoint", "refresh"}, {"since", start}, {"timeout", "0s"}});
    return control("POST", "/_mock/expect", more)["verdict"];
  }
};

}  // namespace

TEST_CASE("exactly one refresh is met by one and broken by two", "[expect]") {
  Watched world;
  CHECK(world.verdict({{"count", 1}}) == "undecided");
  world.refresh_again();
  CHECK(world.verdict({{"count", 1}}) == "met");
  world.refresh_again();
  CHECK(world.verdict({{"count", 1}}) == "broken");
}

TEST_CASE("a time of the clock is judged when it is over", "[expect]") {
  Watched world;
  world.refresh_again();
  CHECK(world.verdict({{"count", 1}, {"within", "5m"}}) == "undecided");
  CHECK(world.verdict({{"count", 0}, {"within", "5m"}}) == "broken");
  world.clock.advance(5min);
  CHECK(world.verdict({{"count", 1}, {"within", "5m"}}) == "met");
  CHECK(world.verdict({{"count", 2}, {"within", "5m"}}) == "broken");
}

TEST_CASE("what comes after the time does not count", "[expect]") {
  Watched world;
  world.refresh_again();
  world.clock.advance(6min);
  world.refresh_again();
  CHECK(world.verdict({{"count", 1}, {"within", "5m"}}) == "met");
  CHECK(world.verdict({{"count", 2}}) == "met");
}

TEST_CASE("an expectation chooses by family, client, account and status", "[expect]") {
  Watched world;
  world.refresh_again();
  const Json entry = world.control("GET", "/_mock/journal?endpoint=refresh")["entries"][0];
  CHECK(world.verdict({{"family", entry["family"]}}) == "met");
  CHECK(world.verdict({{"family", "fam_other"}}) == "undecided");
  CHECK(world.verdict({{"client", entry["client_id"]}, {"status", 200}}) == "met");
  CHECK(world.verdict({{"account", "bob@example.com"}, {"count", 0}}) == "met");
}

TEST_CASE("an expectation without a start counts what comes after it, and waits for it", "[expect]") {
  Watched world;
  world.refresh_again();
  auto expected = std::async(std::launch::async, [&] {
    return world.post_json("/_mock/expect", {{"endpoint", "userinfo"}, {"timeout", "30s"}}).body;
  });
  // Asks until the other thread has seen one: it may begin to look after the first.
  while (expected.wait_for(0s) != std::future_status::ready) {
    world.get("/mock/mockidp/userinfo", world.tokens["access_token"]);
  }
  CHECK(parse_json(expected.get())["entries"][0]["endpoint"] == "userinfo");
}

TEST_CASE("a misspelled value is named, by expectation and journal alike", "[expect]") {
  MockWorld world;
  const auto [name, value, status] =
      GENERATE(table<const char*, const char*, int>({{"endpoint", "refesh", 400},
                                                     {"endpoint", "api:gmial", 400},
                                                     {"provider", "mockipd", 400},
                                                     {"toolkit", "gmial", 400},
                                                     {"tool", "MOCK_WHOMAI", 400},
                                                     {"fault", "fault_9", 400},
                                                     {"status", "999", 400},
                                                     {"account", "alcie@example.com", 404}}));
  CAPTURE(name, value);
  const ServerResponse expected = world.post_json("/_mock/expect", {{name, value}, {"count", 0}});
  CHECK(expected.status == status);
  CHECK(expected.body.find(name) != std::string::npos);
  const ServerResponse listed = world.get("/_mock/journal?" + build_form({{name, value}}));
  CHECK(listed.status == status);
  CHECK(listed.body.find(name) != std::string::npos);
}

TEST_CASE("the journal is asked for whatever its entries hold", "[expect]") {
  MockWorld world;
  const Json fault = world.control("POST", "/_mock/faults", {{"endpoint", "jwks"}, {"action", "reset"}});
  world.get("/mock/mockidp/jwks");
  world.control("DELETE", "/_mock/faults");
  world.get("/mock/mockidp/mock/whoami");
  world.get("/.well-known/oauth-protected-resource/mock/mockidp/mock");
  world.get("/nowhere");
  for (const Fields& query :
       {Fields{{"fault", fault["id"]}}, Fields{{"status", "0"}}, Fields{{"endpoint", "api"}},
        Fields{{"tool", "MOCK_WHOAMI"}}, Fields{{"endpoint", "api:mock"}},
        Fields{{"endpoint", "resource_metadata"}}, Fields{{"endpoint", "unknown"}}}) {
    CAPTURE(query.front().first, query.front().second);
    CHECK(world.control("GET", "/_mock/journal?" + build_form(query))["entries"].size() == 1);
  }
}

TEST_CASE("an expectation with a wrong member is refused", "[expect]") {
  MockWorld world;
  for (const Json& wrong :
       {Json{{"colour", "red"}}, Json{{"count", -1}}, Json{{"timeout", "1h"}}, Json{{"since", "once"}},
        Json{{"within", "soon"}}, Json{{"endpoint", nullptr}}, Json{{"family", true}}}) {
    CAPTURE(wrong);
    CHECK(world.post_json("/_mock/expect", wrong).status == 400);
  }
}

TEST_CASE("a long poll of the journal answers with the entry that came", "[journal]") {
  Watched world;
  auto polled = std::async(std::launch::async, [&] {
    return world.get("/_mock/journal?wait=30s&after=" + std::to_string(world.start)).body;
  });
  world.refresh_again();
  CHECK(parse_json(polled.get())["entries"][0]["endpoint"] == "refresh");
}

TEST_CASE("a long poll waits at most 30 seconds and ends with nothing", "[journal]") {
  MockWorld world;
  CHECK(world.get("/_mock/journal?wait=31s").status == 400);
  CHECK(world.control("GET", "/_mock/journal?wait=1ms")["entries"].empty());
}

TEST_CASE("whoever waits is answered when the mock ends", "[journal]") {
  MockWorld world;
  auto polled = std::async(std::launch::async, [&] { return world.get("/_mock/journal?wait=30s").status; });
  world.front.close();
  CHECK(polled.wait_for(5s) == std::future_status::ready);
}
