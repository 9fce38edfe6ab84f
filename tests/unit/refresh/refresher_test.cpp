#include "vault/refresh/refresher.h"

#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "tests/unit/refresh/refresh_fixture.h"
#include "vault/model/lifecycle.h"

using namespace coffer;
using coffer::testing::Grant;
using coffer::testing::RefreshFixture;
using Kind = RefreshResult::Kind;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE_METHOD(RefreshFixture, "a token is refreshed once when it is due, not before", "[refresh]") {
  const auto id = connect("strict");
  const Timestamp due = *row(id).next_refresh_at;
  clock.set(due - Duration(1));
  CHECK(refresher->run_due() == due);
  CHECK(requests() == 0);

  clock.set(due);
  answer_tokens("at2", "rt2");
  const auto next = refresher->run_due();
  CHECK(requests() == 1);
  CHECK(last_presented() == "rt1");
  CHECK(access_token(id) == "at2");
  CHECK(refresh_token(id) == "rt2");
  CHECK(next == refresh_at(due, due + hours(1), id));
  CHECK(refresher->run_due() == next);
  CHECK(requests() == 1);
}

TEST_CASE_METHOD(RefreshFixture, "a refresh leaves row, journal and audit log in one state", "[refresh]") {
  const auto id = connect("strict");
  const std::int64_t generation = row(id).generation;
  advance_past(row(id).next_refresh_at);
  answer_tokens("at2-canary-0123456789", "rt2");
  CHECK(refresher->refresh_now(id, true).kind == Kind::Refreshed);

  const Connection after = row(id);
  CHECK(after.generation == generation + 1);
  CHECK(after.status == ConnectionStatus::Active);
  CHECK(after.failures == 0);
  CHECK(after.refresh_state == RefreshState::Idle);
  CHECK(after.expires_at == clock.now() + hours(1));
  CHECK(after.redacted_credential == "••••6789");
  CHECK(after.scopes == std::vector<std::string>{"read"});
  CHECK_FALSE(intent(id));
  CHECK(audit_log::list(*database->read(), id, 10).back().action == "refreshed");
  CHECK(events().empty());
  CHECK(log_text.find("canary") == std::string::npos);
}

TEST_CASE_METHOD(RefreshFixture, "the intent is in the file before the request leaves", "[refresh]") {
  const auto id = connect("strict");
  std::optional<refresh_journal::Intent> seen;
  http.answer_with([&](const HttpRequest&) -> HttpResult {
    seen = intent(id);
    return HttpFailure{HttpFailure::Sent::No, HttpFailure::Kind::Connect, "gone"};
  });
  refresher->refresh_now(id, true);
  REQUIRE(seen);
  CHECK(seen->generation == row(id).generation);
  CHECK(seen->attempt == 1);
  CHECK(seen->sent_at == clock.now());
}

TEST_CASE_METHOD(RefreshFixture, "a provider that sends no new refresh token keeps the old one in use",
                 "[refresh]") {
  const auto id = connect("plain");
  answer_tokens("at2");
  refresher->refresh_now(id, true);
  CHECK(refresh_token(id) == "rt1");
  CHECK(tokens(id).previous_refresh_token.empty());
}

TEST_CASE_METHOD(RefreshFixture, "the replaced refresh token is kept until the new pair has proved itself",
                 "[refresh]") {
  const auto id = connect("strict");
  answer_tokens("at2", "rt2");
  refresher->refresh_now(id, true);
  CHECK(tokens(id).previous_refresh_token == Secret(std::string_view("rt1")));
  answer_tokens("at3", "rt3");
  refresher->refresh_now(id, true);
  CHECK(tokens(id).previous_refresh_token == Secret(std::string_view("rt2")));
}

TEST_CASE_METHOD(RefreshFixture, "an idle account is refreshed before its refresh token ends", "[refresh]") {
  const auto id = connect("strict");
  constexpr const char* kMonth =
      R"({"access_token":"at","refresh_token":"rt","refresh_token_expires_in":2592000})";
  for (int i = 0; i < 6; ++i) http.answer(200, kMonth);
  live_until(clock.now() + hours(24 * 85));
  CHECK(row(id).status == ConnectionStatus::Active);
  CHECK(requests() == 4);  // for the access token, then after 23 to 26 days each
}

TEST_CASE_METHOD(RefreshFixture, "the end of a refresh token that stays in force is kept", "[refresh]") {
  const auto id = connect("plain");
  http.answer(200,
              R"({"access_token":"at2","refresh_token":"rt2","expires_in":3600,"refresh_expires_in":7200})");
  refresher->refresh_now(id, true);
  const auto end = clock.now() + hours(2);
  CHECK(tokens(id).refresh_expires_at == end);
  clock.advance(minutes(10));
  answer_tokens("at3");
  refresher->refresh_now(id, true);
  CHECK(tokens(id).refresh_expires_at == end);
  answer_tokens("at4", "rt4");
  refresher->refresh_now(id, true);
  CHECK(tokens(id).refresh_expires_at == std::nullopt);
}

TEST_CASE_METHOD(RefreshFixture, "a token with more than a minute to live is left alone", "[refresh]") {
  const auto id = connect("strict");
  clock.advance(hours(1) - seconds(61));
  CHECK(refresher->refresh_now(id, false).kind == Kind::Unchanged);
  CHECK(requests() == 0);
  clock.advance(seconds(2));
  answer_tokens("at2", "rt2");
  CHECK(refresher->refresh_now(id, false).kind == Kind::Refreshed);
}

TEST_CASE_METHOD(RefreshFixture, "a token of a very short life is refreshed by plan, not on every use",
                 "[refresh]") {
  const auto id = connect("strict", "ca_1", {"rt1", seconds(30)});
  CHECK(refresher->refresh_now(id, false).kind == Kind::Unchanged);
  CHECK(requests() == 0);
  advance_past(row(id).next_refresh_at);
  answer_tokens("at2", "rt2");
  CHECK(refresher->refresh_now(id, false).kind == Kind::Refreshed);
}

TEST_CASE_METHOD(RefreshFixture, "eight callers of an expired token cause one request", "[refresh]") {
  const auto id = connect("strict");
  clock.advance(hours(2));
  http.answer_with([&](const HttpRequest&) -> HttpResult {
    // Holds the answer back until the others have had every chance to ask too.
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    HttpResponse response;
    response.status = 200;
    response.body = token_body("at2", "rt2");
    return response;
  });
  std::vector<std::thread> callers;
  std::atomic<int> served = 0;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      const auto kind = refresher->refresh_now(id, false).kind;
      const auto opened = connection_store::open(*database->read(), id);  // assertions are one thread's
      const bool is_fresh = opened && std::get<TokenSet>(opened->credential).access_token.expose() == "at2";
      if ((kind == Kind::Refreshed || kind == Kind::Unchanged) && is_fresh) ++served;
    });
  }
  for (auto& caller : callers) caller.join();
  CHECK(served == 8);
  CHECK(requests() == 1);
}

TEST_CASE_METHOD(RefreshFixture, "a 401 refreshes once, whoever saw the dead token first", "[refresh]") {
  const auto id = connect("strict");
  const std::int64_t seen = row(id).generation;
  answer_tokens("at2", "rt2");
  CHECK(refresher->refresh_after_401(id, seen).kind == Kind::Refreshed);
  CHECK(refresher->refresh_after_401(id, seen).kind == Kind::Unchanged);
  CHECK(requests() == 1);
}

TEST_CASE_METHOD(RefreshFixture, "what cannot be refreshed is left in peace", "[refresh]") {
  CHECK(refresher->refresh_now(ConnectionId("ca_none"), true).kind == Kind::Absent);

  const auto disabled = connect("strict", "ca_off", {"rt1", hours(1), ConnectionStatus::Inactive});
  advance_past(row(disabled).next_refresh_at);
  CHECK(refresher->refresh_now(disabled, true).kind == Kind::NotActive);
  CHECK(refresher->run_due() == std::nullopt);

  const auto endless = connect("plain", "ca_endless", {"", std::nullopt});
  CHECK(refresher->refresh_now(endless, false).kind == Kind::Unchanged);
  CHECK(refresher->refresh_now(endless, true).kind == Kind::Unchanged);
  CHECK(row(endless).status == ConnectionStatus::Active);
  CHECK(requests() == 0);
}

TEST_CASE_METHOD(RefreshFixture, "an account whose auth config is gone waits and does not stay due",
                 "[refresh]") {
  const auto id = connect("strict");
  advance_past(row(id).next_refresh_at);
  auto tx = database->write();
  auth_config_store::remove(*tx, AuthConfigId("ac_strict"), clock.now());
  tx->commit();
  tx.reset();
  CHECK(refresher->run_due() == clock.now() + minutes(15));
  CHECK(row(id).status == ConnectionStatus::Active);
  CHECK(requests() == 0);
}

TEST_CASE_METHOD(RefreshFixture,
                 "without a refresh token the account ends when its token is asked for in vain",
                 "[refresh]") {
  const auto id = connect("plain", "ca_1", {"", hours(1)});
  clock.advance(hours(1) - seconds(1));
  CHECK(refresher->refresh_now(id, false).kind == Kind::Unchanged);
  clock.advance(seconds(1));
  CHECK(refresher->run_due() == std::nullopt);  // the clock alone expires nothing
  CHECK(row(id).status == ConnectionStatus::Active);

  CHECK(refresher->refresh_now(id, false).kind == Kind::Rejected);
  CHECK(row(id).status == ConnectionStatus::Expired);
  CHECK(row(id).status_reason == reason::kNoRefreshToken);
  CHECK(events().size() == 1);
  CHECK(commits == 1);
}

TEST_CASE_METHOD(RefreshFixture, "expire ends an account once, and only the credential that was seen",
                 "[refresh]") {
  const auto id = connect("plain");
  const std::int64_t generation = row(id).generation;
  CHECK_FALSE(refresher->expire(id, generation - 1, std::string(reason::kCredentialRejected)));
  CHECK(refresher->expire(id, generation, std::string(reason::kCredentialRejected)));
  CHECK_FALSE(refresher->expire(id, generation, std::string(reason::kCredentialRejected)));
  CHECK(row(id).status == ConnectionStatus::Expired);
  CHECK(row(id).next_refresh_at == std::nullopt);
  REQUIRE(events().size() == 1);
  const Event event = events().front();
  CHECK(event.type == kExpiredEvent);
  CHECK(event.connection == id);
  CHECK(event.body == R"({"id":")" + event.id +
                          R"(","account":"ca_1","reason":"the service refused the stored credential"})");
  CHECK(commits == 1);
}

TEST_CASE_METHOD(RefreshFixture, "all that is due is refreshed, however much", "[refresh]") {
  constexpr int kAccounts = 150;  // more than one batch
  for (int i = 0; i < kAccounts; ++i) connect("plain", "ca_" + std::to_string(i));
  clock.advance(hours(1));
  for (int i = 0; i < kAccounts; ++i) answer_tokens("at2");
  const auto next = refresher->run_due();
  CHECK(requests() == kAccounts);
  REQUIRE(next);
  CHECK(*next > clock.now());
  for (int i = 0; i < kAccounts; ++i) CHECK(access_token(ConnectionId("ca_" + std::to_string(i))) == "at2");
}

TEST_CASE_METHOD(RefreshFixture,
                 "the background thread refreshes on its own, and stopping stores what is under way",
                 "[refresh]") {
  const auto id = connect("strict");
  advance_past(row(id).next_refresh_at);
  std::promise<void> asked, release;
  http.answer_with([&](const HttpRequest&) -> HttpResult {
    asked.set_value();
    release.get_future().wait();
    HttpResponse response;
    response.status = 200;
    response.body = token_body("at2", "rt2");
    return response;
  });
  refresher->start();
  REQUIRE(asked.get_future().wait_for(seconds(30)) == std::future_status::ready);
  std::thread stopper([&] { refresher->stop(); });
  release.set_value();
  stopper.join();
  CHECK(access_token(id) == "at2");
  CHECK(refresher->refresh_now(id, true).kind == Kind::Postponed);
  CHECK(requests() == 1);
}

TEST_CASE_METHOD(RefreshFixture, "a caller's refresh without room at the provider leaves no trace",
                 "[refresh]") {
  const auto id = connect("strict");
  const Connection before = row(id);
  const auto others = take_room("https://strict.example");
  const RefreshResult result = refresher->refresh_now(id, true);
  CHECK(result.kind == Kind::Postponed);
  CHECK(result.detail == "too many requests wait for https://strict.example already");
  CHECK(refresher->refresh_after_401(id, before.generation).kind == Kind::Postponed);
  CHECK(requests() == 0);
  CHECK_FALSE(intent(id));
  CHECK(row(id).next_refresh_at == before.next_refresh_at);
  CHECK(row(id).failures == 0);
}

TEST_CASE_METHOD(RefreshFixture, "a token that is usable still serves while there is no room to renew it",
                 "[refresh]") {
  const auto id = connect("strict");
  clock.set(*row(id).expires_at - seconds(30));
  const auto others = take_room("https://strict.example");
  CHECK(refresher->refresh_now(id, false).kind == Kind::Unchanged);
}

TEST_CASE_METHOD(RefreshFixture, "what is due is refreshed however many callers wait", "[refresh]") {
  const auto id = connect("strict");
  const auto others = take_room("https://strict.example");
  advance_past(row(id).next_refresh_at);
  answer_tokens("at2", "rt2");
  refresher->run_due();
  CHECK(access_token(id) == "at2");
}

TEST_CASE_METHOD(RefreshFixture, "who waits for another's refresh takes a place as well", "[refresh]") {
  const auto id = connect("strict");
  std::optional<RefreshResult> joined;
  http.answer_with([&](const HttpRequest&) -> HttpResult {
    const auto others = take_room("https://strict.example");
    joined = refresher->refresh_now(id, true);
    HttpResponse response;
    response.status = 200;
    response.body = token_body("at2", "rt2");
    return response;
  });
  CHECK(refresher->refresh_now(id, true).kind == Kind::Refreshed);
  REQUIRE(joined);
  CHECK(joined->kind == Kind::Postponed);
}
