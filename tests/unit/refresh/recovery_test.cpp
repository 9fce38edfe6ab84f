// kill -9 in the middle of a refresh, then a new start.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/unit/refresh/refresh_fixture.h"
#include "vault/model/lifecycle.h"

using namespace coffer;
using coffer::testing::RefreshFixture;
using Kind = RefreshResult::Kind;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

enum class Moment { BeforeIntent, AfterIntent, AnswerArrived };

[[noreturn]] void die() {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

// Dies without a trace at one point of the token request.
class DeadlyHttp final : public HttpClient {
 public:
  explicit DeadlyHttp(Moment moment) : moment_(moment) {}
  HttpResult send(const HttpRequest& request) override {
    if (moment_ == Moment::BeforeIntent) die();
    if (!request.before_send()) return HttpFailure{HttpFailure::Sent::No, HttpFailure::Kind::Refused, ""};
    if (moment_ == Moment::AfterIntent) die();
    has_answered = true;
    HttpResponse response;
    response.status = 200;
    response.body = RefreshFixture::token_body("at2", "rt2");
    return response;
  }
  bool has_answered = false;

 private:
  Moment moment_;
};

// Dies once the answer is here and not stored yet.
class DeadlyClock final : public Clock {
 public:
  DeadlyClock(const Clock& real, const DeadlyHttp& http) : real_(real), http_(http) {}
  Timestamp now() const override {
    if (http_.has_answered) die();
    return real_.now();
  }

 private:
  const Clock& real_;
  const DeadlyHttp& http_;
};

struct Crash : RefreshFixture {
  // Opens the vault in a child process, refreshes there until the child is killed, opens it here
  // again.
  void crash(const ConnectionId& id, Moment moment) {
    refresher.reset();
    flaky.reset();
    database.reset();
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) run_child(id, moment);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(WTERMSIG(status) == SIGKILL);
    open();
  }

 private:
  [[noreturn]] void run_child(const ConnectionId& id, Moment moment) {
    try {
      open();
      DeadlyHttp deadly(moment);
      const DeadlyClock last_hour(clock, deadly);
      Refresher mortal({last_hour, random, deadly, *log}, *database, rotations.catalog(),
                       [](Transaction&, const Connection&, const std::string&) { return "{}"; }, {});
      mortal.refresh_now(id, true);
    } catch (...) {
    }
    _exit(1);
  }
};

}  // namespace

TEST_CASE_METHOD(Crash, "a crash before the intent leaves no doubt", "[refresh][crash]") {
  const auto id = connect("strict");
  crash(id, Moment::BeforeIntent);
  CHECK_FALSE(intent(id));
  refresher->recover();
  answer_error(400, "invalid_grant");
  refresher->refresh_now(id, true);
  CHECK(row(id).status_reason == reason::kRefreshRejected);
}

TEST_CASE_METHOD(Crash, "a crash between intent and stored answer is noticed by the next start",
                 "[refresh][crash]") {
  const Moment moment = GENERATE(Moment::AfterIntent, Moment::AnswerArrived);
  const auto id = connect("strict");
  crash(id, moment);
  REQUIRE(intent(id));
  CHECK(row(id).refresh_state == RefreshState::Sent);
  CHECK(row(id).status == ConnectionStatus::Active);
  CHECK(access_token(id) == "at1");
}

TEST_CASE_METHOD(Crash, "after a crash a token that does not rotate is presented at once",
                 "[refresh][crash]") {
  const std::string toolkit = GENERATE("plain", "grace");
  const Moment moment = GENERATE(Moment::AfterIntent, Moment::AnswerArrived);
  const auto id = connect(toolkit);
  crash(id, moment);
  refresher->recover();
  answer_tokens("at2", "rt2");
  refresher->run_due();
  CHECK(requests() == 1);
  CHECK(last_presented() == "rt1");
  CHECK(access_token(id) == "at2");
  CHECK_FALSE(intent(id));
}

TEST_CASE_METHOD(Crash, "after a crash a strict provider's valid token is served until its last minute",
                 "[refresh][crash]") {
  const std::string toolkit = GENERATE("strict", "unknown");
  const auto id = connect(toolkit);
  crash(id, Moment::AfterIntent);
  refresher->recover();
  const Timestamp last_minute = *row(id).expires_at - minutes(1);
  CHECK(refresher->run_due() == last_minute);
  clock.set(last_minute - seconds(1));
  CHECK(refresher->run_due() == last_minute);
  CHECK(refresher->refresh_now(id, false).kind == Kind::Unchanged);
  CHECK(requests() == 0);

  clock.set(last_minute);
  SECTION("the request had not arrived") {
    answer_tokens("at2", "rt2");
    refresher->run_due();
    CHECK(access_token(id) == "at2");
  }
  SECTION("the answer was lost") {
    answer_error(400, "invalid_grant");
    refresher->run_due();
    CHECK(row(id).status == ConnectionStatus::Expired);
    CHECK(row(id).status_reason == reason::kResponseLost);
    CHECK(events().size() == 1);
  }
}

TEST_CASE_METHOD(Crash, "a grace that is over is treated like strict rotation", "[refresh][crash]") {
  const auto id = connect("grace");
  crash(id, Moment::AfterIntent);
  clock.advance(seconds(61));
  refresher->recover();
  refresher->run_due();
  CHECK(requests() == 0);
}

TEST_CASE_METHOD(Crash, "after a crash an expired token is renewed at once, whatever the provider",
                 "[refresh][crash]") {
  const auto id = connect("strict");
  clock.advance(hours(2));
  crash(id, Moment::AfterIntent);
  refresher->recover();
  answer_tokens("at2", "rt2");
  refresher->run_due();
  CHECK(access_token(id) == "at2");
}

TEST_CASE_METHOD(Crash, "a 401 ends the wait after a crash", "[refresh][crash]") {
  const auto id = connect("strict");
  crash(id, Moment::AfterIntent);
  refresher->recover();
  answer_tokens("at2", "rt2");
  CHECK(refresher->refresh_after_401(id, row(id).generation).kind == Kind::Refreshed);
}

TEST_CASE_METHOD(Crash, "an answer lost on the way waits like one lost in a crash", "[refresh][crash]") {
  const auto id = connect("strict");
  advance_past(row(id).next_refresh_at);
  lose_answer();
  CHECK(refresher->run_due() == *row(id).expires_at - minutes(1));
  CHECK(access_token(id) == "at1");
  CHECK(audit_log::list(*database->read(), id, 10).back().action == "refresh_uncertain");
}

TEST_CASE_METHOD(Crash, "within a grace a lost answer is asked for again after a second",
                 "[refresh][crash]") {
  const auto id = connect("grace");
  advance_past(row(id).next_refresh_at);
  lose_answer();
  CHECK(refresher->run_due() == clock.now() + seconds(1));
}

TEST_CASE_METHOD(Crash, "crash after crash, the doubt is remembered", "[refresh][crash]") {
  const auto id = connect("strict");
  crash(id, Moment::AfterIntent);
  crash(id, Moment::AfterIntent);
  REQUIRE(intent(id));
  CHECK(intent(id)->attempt == 2);
  crash(id, Moment::BeforeIntent);
  CHECK(intent(id)->attempt == 2);
}
