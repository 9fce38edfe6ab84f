#include <algorithm>
#include <future>

#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

namespace {

Fields answer_to(const ServerResponse& response) {
  return MockWorld::answer_of_redirect(header_of(response, "Location"));
}

ServerResponse ask(MockWorld& world, const std::string& script, Fields changes = {}) {
  changes.emplace_back("mock_script", script);
  return world.get(world.authorize_target("mockidp", changes));
}

}  // namespace

TEST_CASE("a request names its own script: auto and deny", "[scripts]") {
  MockWorld world;
  CHECK(find_field(answer_to(ask(world, "auto")), "code"));
  CHECK(find_field(answer_to(ask(world, "deny")), "error") == "access_denied");
}

TEST_CASE("a login hint says who signs in by a script of the request", "[scripts]") {
  MockWorld world;
  const Fields answer = answer_to(ask(world, "auto", {{"login_hint", "bob@example.com"}}));
  const Json tokens = parse_json(world.redeem("mockidp", std::string(*find_field(answer, "code"))).body);
  const ServerResponse who = world.get("/mock/mockidp/mock/whoami", tokens["access_token"]);
  CHECK(parse_json(who.body)["email"] == "bob@example.com");
}

TEST_CASE("a script for a login hint signs that person in, in whatever case it is typed", "[scripts]") {
  MockWorld world;
  world.control("POST", "/_mock/scripts", {{"login_hint", "Bob@example.com"}});
  const auto answer =
      answer_to(world.get(world.authorize_target("mockidp", {{"login_hint", "bob@Example.com"}})));
  REQUIRE(find_field(answer, "code"));
  const Json tokens = parse_json(world.redeem("mockidp", std::string(*find_field(answer, "code"))).body);
  const ServerResponse who = world.get("/mock/mockidp/mock/whoami", tokens["access_token"]);
  CHECK(parse_json(who.body)["email"] == "bob@example.com");
}

TEST_CASE("a script that nobody knows is an error for the client", "[scripts]") {
  MockWorld world;
  CHECK(find_field(answer_to(ask(world, "dance")), "error") == "invalid_request");
  CHECK(world.post_json("/_mock/scripts", {{"action", "dance"}}).status == 400);
}

TEST_CASE("an abandoned sign-in leads nowhere", "[scripts]") {
  MockWorld world;
  const ServerResponse page = ask(world, "abandon");
  CHECK(page.status == 200);
  CHECK(header_of(page, "Location").empty());
  CHECK(page.body.find("<form") == std::string::npos);
}

TEST_CASE("a wrong state is not the one that was sent, and the code is good", "[scripts]") {
  MockWorld world;
  const Fields answer = answer_to(ask(world, "wrong_state"));
  CHECK(find_field(answer, "state").value() != "st+1 =");
  CHECK(world.redeem("mockidp", std::string(*find_field(answer, "code"))).status == 200);
}

TEST_CASE("an issuer mismatch names another server once", "[scripts]") {
  MockWorld world;
  const Fields answer = answer_to(ask(world, "issuer_mismatch"));
  CHECK(find_field(answer, "iss") == "https://other-issuer.example");
  CHECK(std::count_if(answer.begin(), answer.end(), [](const auto& f) { return f.first == "iss"; }) == 1);
}

TEST_CASE("a duplicate callback leads the browser back twice with the same code", "[scripts]") {
  MockWorld world;
  const ServerResponse page = ask(world, "duplicate_callback");
  CHECK(page.status == 200);
  const std::string refresh = header_of(page, "Refresh");
  const std::string callback = refresh.substr(refresh.find("url=") + 4);
  CHECK(callback.starts_with(kCallback));
  CHECK(page.body.find("<img src=\"" + std::string(kCallback)) != std::string::npos);
  CHECK(header_of(page, "Content-Security-Policy").find("img-src http: https:") != std::string::npos);
  const std::string walked =
      walk_pages(world.front, world.authorize_target("mockidp", {{"mock_script", "duplicate_callback"}}),
                 "alice@example.com", Decision::Allow);
  CHECK(find_field(MockWorld::answer_of_redirect(walked), "code"));
}

TEST_CASE("a slow person answers when the clock has moved on, with a fresh code", "[scripts]") {
  MockWorld world;
  world.control("POST", "/_mock/scripts", {{"action", "slow"}, {"delay", "10m"}, {"count", 1}});
  auto slow = std::async(std::launch::async, [&] { return world.get(world.authorize_target("mockidp")); });
  while (!world.control("GET", "/_mock/scripts")["scripts"].empty()) std::this_thread::yield();
  world.control("POST", "/_mock/clock", {{"advance", "10m"}});
  REQUIRE(slow.wait_for(10s) == std::future_status::ready);
  const Fields answer = answer_to(slow.get());
  CHECK(world.redeem("mockidp", std::string(find_field(answer, "code").value_or(""))).status == 200);
  CHECK(world.control("GET", "/_mock/journal?endpoint=authorize")["entries"][0]["at"] ==
        "2026-11-22T12:10:00.000Z");
}

TEST_CASE("a locked account signs in by no script", "[scripts]") {
  MockWorld world;
  world.control("POST", "/_mock/accounts/lock", {{"email", "alice@example.com"}});
  const char* script = GENERATE("auto", "duplicate_callback", "wrong_state");
  const Fields answer = answer_to(ask(world, script));
  CHECK(find_field(answer, "error") == "access_denied");
  CHECK(find_field(answer, "error_description") == "the account is locked");
  CHECK_FALSE(find_field(answer, "code"));
}

TEST_CASE("a login hint that names nobody is an error, and nobody signs in", "[scripts]") {
  MockWorld world;
  const Fields answer = answer_to(ask(world, "auto", {{"login_hint", "nobody@example.com"}}));
  CHECK(find_field(answer, "error") == "access_denied");
  CHECK(find_field(answer, "error_description") == "login_hint names no account here");
  CHECK_FALSE(world.control("GET", "/_mock/journal")["entries"][0].contains("account"));
}
