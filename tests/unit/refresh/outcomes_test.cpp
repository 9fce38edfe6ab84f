// What each kind of answer does to the account that asked.
#include <catch2/catch.hpp>

#include "tests/unit/refresh/refresh_fixture.h"
#include "vault/model/lifecycle.h"

using namespace coffer;
using coffer::testing::Grant;
using coffer::testing::RefreshFixture;
using Kind = RefreshResult::Kind;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE_METHOD(RefreshFixture, "a definite refusal expires the account with exactly one event",
                 "[refresh]") {
  const auto id = connect("strict");
  advance_past(row(id).next_refresh_at);
  answer_error(400, "invalid_grant");
  CHECK(refresher->run_due() == std::nullopt);

  CHECK(row(id).status == ConnectionStatus::Expired);
  CHECK(row(id).status_reason == reason::kRefreshRejected);
  CHECK(row(id).next_refresh_at == std::nullopt);
  CHECK_FALSE(intent(id));
  REQUIRE(events().size() == 1);
  CHECK(events().front().type == kExpiredEvent);
  CHECK(events().front().id.starts_with("msg_"));
  CHECK(events().front().body.find(std::string(reason::kRefreshRejected)) != std::string::npos);
  CHECK(commits == 1);
  CHECK(audit_log::list(*database->read(), id, 10).back().action == "expired");

  CHECK(refresher->refresh_now(id, true).kind == Kind::NotActive);
  CHECK(requests() == 1);
  CHECK(events().size() == 1);
}

TEST_CASE_METHOD(RefreshFixture, "status and event are stored together or not at all", "[refresh]") {
  const auto id = connect("strict");
  answer_error(400, "invalid_grant");
  event_faults = 3;  // every attempt to store the answer
  CHECK_THROWS_AS(refresher->refresh_now(id, true), Error);
  CHECK(row(id).status == ConnectionStatus::Active);
  CHECK(events().empty());
  CHECK(intent(id));

  clock.advance(seconds(1));
  refresher->run_due();  // the answer was kept: nobody asks again
  CHECK(requests() == 1);
  CHECK(row(id).status == ConnectionStatus::Expired);
  CHECK(row(id).status_reason == reason::kRefreshRejected);
  CHECK(events().size() == 1);
}

TEST_CASE_METHOD(RefreshFixture, "a provider that wants the user expires the account with that reason",
                 "[refresh]") {
  const auto id = connect("strict");
  answer_error(400, "interaction_required");
  CHECK(refresher->refresh_now(id, true).kind == Kind::Rejected);
  CHECK(row(id).status_reason == reason::kUserActionRequired);
}

TEST_CASE_METHOD(RefreshFixture, "a refusal after a lost answer is told apart from a revocation",
                 "[refresh]") {
  const auto id = connect("strict");
  lose_answer();
  CHECK(refresher->refresh_now(id, true).kind == Kind::Postponed);
  CHECK(row(id).status == ConnectionStatus::Active);
  REQUIRE(intent(id));
  answer_error(400, "invalid_grant");
  CHECK(refresher->refresh_now(id, true).kind == Kind::Rejected);
  CHECK(row(id).status_reason == reason::kResponseLost);
}

TEST_CASE_METHOD(RefreshFixture, "only answers that settle the grant end the doubt of a lost one",
                 "[refresh]") {
  const auto id = connect("plain");
  lose_answer();
  refresher->refresh_now(id, true);
  CHECK(intent(id)->attempt == 1);

  SECTION("not processed: the doubt stays as it was") {
    http.answer(429, "");
    refresher->refresh_now(id, true);
    CHECK(intent(id)->attempt == 1);
    answer_error(401, "invalid_client");
    refresher->refresh_now(id, true);
    CHECK(intent(id)->attempt == 1);
  }
  SECTION("lost again: the doubt grows") {
    http.answer(502, "");
    refresher->refresh_now(id, true);
    CHECK(intent(id)->attempt == 2);
  }
  SECTION("never sent: nothing changes") {
    refresher->refresh_now(id, true);  // nothing scripted: no connection
    CHECK(intent(id)->attempt == 1);
  }
  SECTION("served: no doubt is left") {
    answer_tokens("at2", "rt2");
    refresher->refresh_now(id, true);
    CHECK_FALSE(intent(id));
    answer_error(400, "invalid_grant");
    refresher->refresh_now(id, true);
    CHECK(row(id).status_reason == reason::kRefreshRejected);
    return;
  }
  answer_error(400, "invalid_grant");
  refresher->refresh_now(id, true);
  CHECK(row(id).status_reason == reason::kResponseLost);
}

TEST_CASE_METHOD(RefreshFixture, "an answer that settles nothing leaves no doubt of its own", "[refresh]") {
  const auto id = connect("strict");
  for (const int status : {429, 503, 403, 400, 404}) {
    http.answer(status, "");
    refresher->refresh_now(id, true);
    CHECK_FALSE(intent(id));
  }
  answer_error(400, "invalid_grant");
  refresher->refresh_now(id, true);
  CHECK(row(id).status_reason == reason::kRefreshRejected);
}

TEST_CASE_METHOD(RefreshFixture, "Retry-After is obeyed to the second and shortened by force alone",
                 "[refresh]") {
  const auto id = connect("strict");
  clock.advance(hours(2));
  http.answer(429, "", {{"Retry-After", "600"}});
  const auto result = refresher->refresh_now(id, false);
  CHECK(result.kind == Kind::Postponed);
  CHECK(result.retry_at == clock.now() + seconds(600));
  CHECK(row(id).next_refresh_at == result.retry_at);
  CHECK(row(id).refresh_state == RefreshState::Backoff);

  clock.advance(seconds(599));
  CHECK(refresher->refresh_now(id, false).kind == Kind::Postponed);
  CHECK(refresher->refresh_after_401(id, row(id).generation).kind == Kind::Postponed);
  CHECK(refresher->run_due() == result.retry_at);
  CHECK(requests() == 1);
  answer_tokens("at2", "rt2");
  CHECK(refresher->refresh_now(id, true).kind == Kind::Refreshed);
}

TEST_CASE_METHOD(RefreshFixture, "a failing provider is asked after 1 s, 3 s, then ever less often",
                 "[refresh]") {
  const auto id = connect("plain");
  advance_past(row(id).next_refresh_at);
  const int status = GENERATE(500, 502, 503, 504, 200);  // 200: a page of HTML
  const auto fail_once = [&] {
    http.answer(status, "<html>");
    const Timestamp now = clock.now();
    const auto next = refresher->run_due();
    REQUIRE(next);
    clock.set(*next);
    return *next - now;
  };
  CHECK(fail_once() == seconds(1));
  CHECK(fail_once() == seconds(3));
  for (int i = 3; i < 20; ++i) {
    const Duration wait = fail_once();
    CHECK(wait >= seconds(2));
    CHECK(wait <= minutes(15));
  }
  CHECK(row(id).status == ConnectionStatus::Active);
  CHECK(row(id).failures == 19);
  answer_tokens("at2");
  refresher->run_due();
  CHECK(row(id).failures == 0);
  CHECK(row(id).refresh_state == RefreshState::Idle);
}

TEST_CASE_METHOD(RefreshFixture, "a failed refresh fails no caller while the token is usable", "[refresh]") {
  const auto id = connect("plain");
  clock.advance(hours(1) - seconds(30));
  http.answer(503, "");
  CHECK(refresher->refresh_now(id, false).kind == Kind::Unchanged);
  CHECK(requests() == 1);
  clock.advance(seconds(30));
  http.answer(503, "");
  CHECK(refresher->refresh_now(id, false).kind == Kind::Postponed);
}

TEST_CASE_METHOD(RefreshFixture, "a firewall's 403 expires nobody and is asked ever less often, up to a day",
                 "[refresh]") {
  const auto id = connect("plain");
  advance_past(row(id).next_refresh_at);
  Duration longest = Duration::zero();
  for (int i = 0; i < 40; ++i) {
    http.answer(403, "<html>blocked</html>");
    const Timestamp now = clock.now();
    advance_past(refresher->run_due());
    longest = std::max(longest, clock.now() - now);
  }
  CHECK(longest > hours(1));
  CHECK(longest <= hours(24));
  CHECK(row(id).status == ConnectionStatus::Active);
}

TEST_CASE_METHOD(RefreshFixture,
                 "thirty days without a network expire nothing, and the first answer mends all",
                 "[refresh]") {
  const auto first = connect("strict", "ca_1");
  const auto second = connect("unknown", "ca_2");
  live_until(clock.now() + hours(2));  // past the tokens' end, try by try
  for (int day = 0; day < 30; ++day) {
    clock.advance(hours(24));
    refresher->run_due();
  }
  for (const auto& id : {first, second}) {
    CHECK(row(id).status == ConnectionStatus::Active);
    CHECK_FALSE(intent(id));
  }
  CHECK(events().empty());
  answer_tokens("at2", "rt2");
  answer_tokens("at2", "rt2");
  live_until(clock.now() + minutes(15));
  CHECK(access_token(first) == "at2");
  CHECK(access_token(second) == "at2");
}

TEST_CASE_METHOD(RefreshFixture, "a scope that is refused is left out once", "[refresh]") {
  const auto id = connect("scoped");
  const auto scope_sent = [&](std::size_t i) {
    return find_field(*parse_form(http.seen().at(i).body), "scope").has_value();
  };
  answer_error(400, "invalid_scope");
  SECTION("which helps") {
    answer_tokens("at2", "rt2");
    CHECK(refresher->refresh_now(id, true).kind == Kind::Refreshed);
    CHECK_FALSE(intent(id));
  }
  SECTION("or does not") {
    answer_error(400, "invalid_scope");
    CHECK(refresher->refresh_now(id, true).kind == Kind::Postponed);
    CHECK(config("scoped").blocked_until);
    CHECK_FALSE(intent(id));
  }
  SECTION("and the refused request counts as answered") {
    answer_error(400, "invalid_grant");
    CHECK(refresher->refresh_now(id, true).kind == Kind::Rejected);
    CHECK(row(id).status_reason == reason::kRefreshRejected);
  }
  REQUIRE(requests() == 2);
  CHECK(scope_sent(0));
  CHECK_FALSE(scope_sent(1));
}

namespace {

// As of a client of its own, which alone brings the next access token.
void give_client(RefreshFixture& f, const ConnectionId& id) {
  const auto tx = f.database->write();
  auto opened = connection_store::open(*tx, id).value();
  auto& tokens = std::get<TokenSet>(opened.credential);
  tokens.refresh_token = {};
  tokens.client = {"machine-1", Secret(std::string_view("machine-secret"))};
  tokens.is_client_grant = true;
  REQUIRE(connection_store::commit_credential(*tx, opened.connection, opened.credential));
  tx->commit();
}

}  // namespace

TEST_CASE_METHOD(RefreshFixture, "a client's own grant is renewed by the client alone, again and again",
                 "[refresh]") {
  const auto id = connect("strict");
  give_client(*this, id);
  for (const std::string token : {"at2", "at3"}) {
    advance_past(row(id).next_refresh_at);
    answer_tokens(token);
    REQUIRE(refresher->run_due());
    CHECK(access_token(id) == token);
    const auto sent = parse_form(http.seen().back().body);
    CHECK(find_field(*sent, "grant_type") == "client_credentials");
    CHECK(find_field(*sent, "client_id") == "machine-1");
    CHECK(find_field(*sent, "scope") == "read");
    CHECK_FALSE(find_field(*sent, "refresh_token"));
  }
  CHECK(tokens(id).client.client_secret == Secret(std::string_view("machine-secret")));
}

TEST_CASE_METHOD(RefreshFixture, "a refused client of one account expires that account and blocks no other",
                 "[refresh]") {
  const auto id = connect("strict");
  const auto other = connect("strict", "ca_2");
  give_client(*this, id);
  answer_error(401, "invalid_client");
  CHECK(refresher->refresh_now(id, true).kind == Kind::Rejected);
  CHECK(row(id).status == ConnectionStatus::Expired);
  CHECK_FALSE(config("strict").blocked_until);
  CHECK(row(other).status == ConnectionStatus::Active);
}
