#include "mockprovider/testing.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <thread>

#include "vault/base/json.h"
#include "vault/catalog/catalog.h"

using namespace coffer;
using namespace coffer::mock;
using namespace std::chrono_literals;

TEST_CASE("a test connects a user, lets the token expire and refreshes it", "[testing]") {
  TestMock mock;
  TestTokens tokens = mock.connect("alice@example.com");
  CHECK(mock.is_live(tokens));
  mock.advance(1h);
  CHECK_FALSE(mock.is_live(tokens));
  const auto refreshed = mock.refresh(tokens);
  REQUIRE(refreshed);
  CHECK(mock.is_live(*refreshed));
}

TEST_CASE("a test expires and revokes one account's grants", "[testing]") {
  TestMock mock;
  const TestTokens alice = mock.connect("alice@example.com");
  const TestTokens bob = mock.connect("bob@example.com");
  CHECK(mock.expire("alice@example.com") == 1);
  CHECK_FALSE(mock.is_live(alice));
  CHECK(mock.is_live(bob));
  CHECK(mock.revoke("alice@example.com") == 1);
  CHECK_FALSE(mock.refresh(alice));
  CHECK(mock.refresh(bob));
}

TEST_CASE("a test plans a fault and reads what happened", "[testing]") {
  TestMock mock;
  const TestTokens tokens = mock.connect();
  mock.fault(R"({"endpoint":"refresh","action":"commit_then_lose_answer"})");
  CHECK_FALSE(mock.refresh(tokens));
  const auto events = mock.events("refresh");
  REQUIRE(events.size() == 1);
  CHECK(events[0].endpoint == "refresh");
  CHECK(events[0].status == 0);
  CHECK(events[0].account == "alice@example.com");
  CHECK(mock.provider().refresh_count() == 1);
}

TEST_CASE("a test connects and refreshes at every provider, however that one speaks", "[testing]") {
  const Catalog catalog = Catalog::load();
  for (const auto& [id, provider] : catalog.providers()) {
    CAPTURE(id);
    TestMock mock;
    const TestTokens tokens = mock.connect("bob@example.com", "openid offline_access", id);
    CHECK(mock.is_live(tokens, id));
    const bool is_renewed = provider.renewal.has_value();
    const bool gives_refresh_tokens = provider.mock->value("refresh_token", "always") != "never";
    CHECK(tokens.refresh_token.empty() != gives_refresh_tokens);
    if (!is_renewed && !gives_refresh_tokens) continue;
    mock.advance(is_renewed ? 24h : 1h);  // some are not renewed before a day is over
    const auto next = mock.refresh(tokens, id);
    REQUIRE(next);
    CHECK(next->access_token != tokens.access_token);
    CHECK(mock.is_live(*next, id));
    CHECK(mock.refresh({"unknown", "unknown"}, id) == std::nullopt);
  }
}

TEST_CASE("a test that goes wrong says what the mock answered", "[testing]") {
  TestMock mock;
  CHECK_THROWS_WITH(mock.connect("nobody@example.com"), Catch::Contains("nobody@example.com"));
  CHECK_THROWS_WITH(mock.fault(R"({"action":"dance"})"),
                    Catch::Contains("dance") || Catch::Contains("none of"));
}

namespace {

// One suite's story, told so that every crossing of the worlds would show. Empty: all went well.
std::string run_suite(MockProvider& mock, const std::string& tenant, const std::string& account,
                      const std::string& hour, const std::string& set_to) {
  const Fields json = {{"Content-Type", "application/json"}};
  const std::string base = "/t/" + tenant;
  if (mock.ask("POST", "/_mock/tenants/" + tenant, json, R"({"freeze":true,"now":")" + set_to + "\"}")
          .status != 201) {
    return "not made";
  }
  mock.ask("POST", base + "/_mock/scripts", json, R"({"account":")" + account + "\"}");
  const MockClient client = mock.managed_client("mockidp");
  const std::string target = with_query(base + "/mock/mockidp/authorize",
                                        {{"response_type", "code"},
                                         {"client_id", client.client_id},
                                         {"redirect_uri", "http://127.0.0.1/cb"},
                                         {"code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
                                         {"code_challenge_method", "S256"}});
  mock.ask("GET", target);
  mock.ask("POST", base + "/_mock/clock", json, R"({"advance":"1h"})");
  const std::string clock = mock.ask("GET", base + "/_mock/clock").body;
  const std::string journal = mock.ask("GET", base + "/_mock/journal").body;
  const int ended = mock.ask("DELETE", "/_mock/tenants/" + tenant).status;
  if (clock.find(hour) == std::string::npos) return "clock: " + clock;
  if (journal.find("\"number\":1") == std::string::npos) return "journal: " + journal;
  if (journal.find("\"number\":2") != std::string::npos) return "journal of another: " + journal;
  if (journal.find(account) == std::string::npos) return "account: " + journal;
  return ended == 200 ? "" : "not ended";
}

}  // namespace

TEST_CASE("two suites in two tenants with different clocks run a thousand times without touching each other",
          "[testing]") {
  MockProvider mock;
  std::string wrong[2];
  const auto suite = [&](int which, const char* account, const char* hour, const char* set_to) {
    for (int i = 0; i < 1'000 && wrong[which].empty(); ++i) {
      const std::string name = (which == 0 ? "a" : "b") + std::to_string(i);
      wrong[which] = run_suite(mock, name, account, hour, set_to);
    }
  };
  std::thread first(suite, 0, "alice@example.com", "2027-01-01T01:00:00.000Z", "2027-01-01T00:00:00Z");
  std::thread second(suite, 1, "bob@example.com", "2031-06-01T13:00:00.000Z", "2031-06-01T12:00:00Z");
  first.join();
  second.join();
  CHECK(wrong[0].empty());
  CHECK(wrong[1].empty());
}
