// Tokens that end: when the vault notices, what it asks, and what clocks that differ do to it.
#include <catch2/catch.hpp>
#include <future>

#include "tests/support/account_life.h"

using namespace coffer;
using namespace coffer::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* kElsewhere = "elsewhere";  // a provider with a clock of its own

void advance_provider(AccountLife& life, const std::string& by) {
  REQUIRE(life.daemon.mock_call("POST", "/_mock/clock", {{"advance", by}}).status == 200);
}

}  // namespace

TEST_CASE("a token is renewed before it ends, and no caller waits for it", "[flow][expiry]") {
  AccountLife life("gmail");
  const Timestamp end = *life.row().expires_at;
  life.go_to_refresh();
  CHECK(life.daemon.clock().now() < end - 5min);
  CHECK(life.refreshes() == 1);
  CHECK(life.row().expires_at > end);
  life.go_to(end);
  CHECK(life.serves());
  CHECK(life.refreshes() == 1);
}

TEST_CASE("sixteen callers of an expired token cause one refresh, and all are served", "[flow][expiry]") {
  AccountLife life("mock");
  life.daemon.clock().advance(2h);  // as if the machine had slept
  std::vector<std::future<bool>> callers;
  for (int i = 0; i < 16; ++i)
    callers.push_back(std::async(std::launch::async, [&] { return life.serves(); }));
  for (auto& caller : callers) CHECK(caller.get());
  CHECK(life.refreshes() == 1);
}

TEST_CASE("a token that dies early is renewed at the first 401, and the call goes through",
          "[flow][expiry]") {
  AccountLife life("mock");
  life.at_provider("expire", {{"what", "access"}});
  CHECK(life.serves());
  CHECK(life.refreshes() == 1);
  CHECK(life.serves());
  CHECK(life.refreshes() == 1);
}

TEST_CASE("whatever a provider says of a token's life, the account goes on working", "[flow][expiry]") {
  struct Case {
    Json expires_in;
    std::optional<Duration> life;
  };
  const auto [expires_in, lifetime] = GENERATE(values<Case>({
      {nullptr, std::nullopt},  // none is named: only a 401 tells
      {0, 1h},
      {-1, 1h},
      {"soon", 1h},
      {"1800", 30min},
      {1, 30s},
      {1e15, 24h * 365},
  }));
  CAPTURE(expires_in);
  AccountLife life("mock");
  life.fault("refresh", "odd_expires_in", {{"value", expires_in}});
  life.go_to_refresh();
  const auto expires_at = life.row().expires_at;
  CHECK(expires_at.has_value() == lifetime.has_value());
  if (lifetime) CHECK(*expires_at - life.daemon.clock().now() == *lifetime);

  life.go_to(life.daemon.clock().now() + 2h);
  CHECK(life.serves());
  CHECK(life.status() == "ACTIVE");
  CHECK(life.expired_events() == 0);
}

TEST_CASE("a provider whose clock runs ahead ends tokens early, and the first 401 mends it",
          "[flow][expiry]") {
  AccountLife life("mock", kElsewhere);
  advance_provider(life, "61m");
  CHECK(life.daemon.clock().now() < life.row().next_refresh_at);
  CHECK(life.serves());
  CHECK(life.refreshes() == 1);
  CHECK(life.status() == "ACTIVE");
}

TEST_CASE("a provider whose clock stands still is asked by the vault's plan and loses nothing",
          "[flow][expiry]") {
  AccountLife life("mock", kElsewhere);
  life.daemon.advance("1d");
  CHECK(life.status() == "ACTIVE");
  CHECK(life.serves());
  CHECK(life.refreshes() >= 24 * 60 / 51);
  CHECK(life.refreshes() <= 24 * 60 / 45 + 1);
}

TEST_CASE("a vault whose clock jumps ten years ahead renews and expires nobody", "[flow][expiry]") {
  AccountLife life("mock", kElsewhere);
  life.daemon.clock().advance(24h * 3650);
  CHECK(life.serves());
  CHECK(life.refreshes() == 1);
  CHECK(life.status() == "ACTIVE");
  CHECK(life.expired_events() == 0);
}

TEST_CASE("a vault whose clock is set back a year still notices a dead token and plans anew",
          "[flow][expiry]") {
  AccountLife life("mock", kElsewhere);
  life.daemon.clock().set(life.daemon.clock().now() - 24h * 365);
  advance_provider(life, "2h");
  CHECK(life.serves());
  CHECK(life.refreshes() == 1);
  CHECK(*life.row().next_refresh_at < life.daemon.clock().now() + 1h);
  life.go_to_refresh();
  CHECK(life.refreshes() == 2);
  CHECK(life.serves());
}

TEST_CASE("a refresh token that died of age while the vault was off ends the account, and only then",
          "[flow][expiry]") {
  AccountLife life("mock");
  life.daemon.advance("45d");  // its refresh tokens live for thirty days, each
  CHECK(life.status() == "ACTIVE");
  CHECK(life.serves());
  life.daemon.stop();
  life.daemon.clock().advance(24h * 31);
  life.daemon.start();
  CHECK_FALSE(life.serves());
  CHECK(life.status() == "EXPIRED");
  CHECK(life.expired_events() == 1);
}

TEST_CASE("an access token without a refresh token ends with its time, when somebody asks",
          "[flow][expiry]") {
  LocalDaemon daemon;
  REQUIRE(daemon.mock_call("POST", "/_mock/faults", {{"endpoint", "token"}, {"action", "no_refresh_token"}})
              .status == 200);
  const std::string account = daemon.connect("user_1", "mock", "alice@example.com");
  daemon.advance("2h");
  CHECK(daemon.status_of(account) == "ACTIVE");
  CHECK(daemon.execute("user_1", "MOCK_WHOAMI", Json::object()).status == 400);
  CHECK(daemon.status_of(account) == "EXPIRED");
  CHECK(daemon.call("GET", "/api/v3/connected_accounts/" + account).body["status_reason"] ==
        "the access token has expired and the provider gave no refresh token");
}
