// A provider that refuses our OAuth client: nobody's account is at fault.
#include <catch2/catch.hpp>

#include "tests/unit/refresh/refresh_fixture.h"

using namespace coffer;
using coffer::testing::RefreshFixture;
using Kind = RefreshResult::Kind;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

struct RefusedClient : RefreshFixture {
  // Ten accounts of one auth config, all due.
  RefusedClient() {
    for (int i = 0; i < 10; ++i) connect("strict", account(i).str());
    clock.advance(hours(1));
  }
  static ConnectionId account(int i) { return ConnectionId("ca_" + std::to_string(i)); }
  int count(ConnectionStatus status) {
    int found = 0;
    for (int i = 0; i < 10; ++i) found += row(account(i)).status == status;
    return found;
  }
};

}  // namespace

TEST_CASE_METHOD(RefusedClient, "a wrong client secret blocks its auth config and expires nobody",
                 "[refresh]") {
  for (int i = 0; i < 10; ++i) answer_error(401, "invalid_client");
  refresher->run_due();
  CHECK(count(ConnectionStatus::Active) == 10);
  CHECK(events().empty());
  CHECK(config("strict").blocked_until == clock.now() + minutes(15));
  for (int i = 0; i < 10; ++i) {
    CHECK_FALSE(intent(account(i)));
    CHECK(row(account(i)).next_refresh_at >= config("strict").blocked_until);
  }
  const std::size_t asked = requests();
  const auto result = refresher->refresh_now(account(0), false);
  CHECK(result.kind == Kind::Postponed);
  CHECK(requests() == asked);
}

TEST_CASE_METHOD(RefusedClient, "one auth config's fault touches no other", "[refresh]") {
  const auto other = connect("grace", "ca_other");
  advance_past(row(other).next_refresh_at);
  http.answer(401, "");
  refresher->refresh_now(account(0), true);
  CHECK(config("strict").blocked_until);
  CHECK_FALSE(config("grace").blocked_until);
  answer_tokens("at2", "rt2");
  CHECK(refresher->refresh_now(other, true).kind == Kind::Refreshed);
}

TEST_CASE_METHOD(RefusedClient,
                 "while a client is refused one request probes it per block, doubling to six hours",
                 "[refresh]") {
  answer_error(401, "invalid_client");
  refresher->refresh_now(account(0), false);
  std::vector<Duration> blocks;
  for (int i = 0; i < 7; ++i) {
    const Timestamp blocked_until = *config("strict").blocked_until;
    blocks.push_back(blocked_until - clock.now());
    refresher->run_due();
    const std::size_t asked = requests();
    clock.set(blocked_until);
    answer_error(401, "invalid_client");
    refresher->run_due();
    CHECK(requests() == asked + 1);
  }
  CHECK(blocks ==
        std::vector<Duration>{minutes(15), minutes(30), hours(1), hours(2), hours(4), hours(6), hours(6)});
  CHECK(count(ConnectionStatus::Active) == 10);
}

TEST_CASE_METHOD(RefusedClient, "the first request that gets through frees all accounts", "[refresh]") {
  answer_error(401, "invalid_client");
  refresher->refresh_now(account(0), false);
  refresher->run_due();
  clock.set(*config("strict").blocked_until);
  for (int i = 0; i < 40; ++i) answer_tokens("at2", "rt2");  // those that must wait use one up too
  live_until(clock.now() + minutes(5));
  CHECK_FALSE(config("strict").blocked_until);
  for (int i = 0; i < 10; ++i) {
    CAPTURE(i);
    CHECK(access_token(account(i)) == "at2");
  }
}

TEST_CASE_METHOD(RefusedClient, "a refused grant proves that the client is accepted", "[refresh]") {
  answer_error(401, "invalid_client");
  refresher->refresh_now(account(0), false);
  answer_error(400, "invalid_grant");
  CHECK(refresher->refresh_now(account(1), true).kind == Kind::Rejected);
  CHECK_FALSE(config("strict").blocked_until);
}

TEST_CASE_METHOD(RefusedClient, "one account with an odd answer does not block those that are served",
                 "[refresh]") {
  answer_tokens("at2", "rt2");
  refresher->refresh_now(account(0), true);
  answer_error(403, "unauthorized_client");
  const auto result = refresher->refresh_now(account(1), true);
  CHECK(result.kind == Kind::Postponed);
  CHECK(result.retry_at == clock.now() + minutes(15));
  CHECK_FALSE(config("strict").blocked_until);

  answer_error(401, "invalid_client");  // but this one is about the client
  refresher->refresh_now(account(2), true);
  CHECK(config("strict").blocked_until);
}

TEST_CASE_METHOD(RefusedClient, "a changed client is tried at once", "[refresh]") {
  answer_error(401, "invalid_client");
  refresher->refresh_now(account(0), false);
  refresher->run_due();
  const std::size_t asked = requests();
  refresher->client_changed(AuthConfigId("ac_strict"));
  CHECK_FALSE(config("strict").blocked_until);
  for (int i = 0; i < 10; ++i) answer_tokens("at2", "rt2");
  refresher->run_due();
  CHECK(requests() == asked + 10);
}
