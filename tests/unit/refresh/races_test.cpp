// What happens to an account while its answer is on the network.
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
using std::chrono::seconds;

namespace {

struct Race : RefreshFixture {
  // Answers with `body` after `meanwhile` has happened.
  void answer_after(int status, std::string body, std::function<void()> meanwhile) {
    http.answer_with([=](const HttpRequest&) -> HttpResult {
      meanwhile();
      HttpResponse response;
      response.status = status;
      response.body = body;
      return response;
    });
  }
  void reauthorize(const ConnectionId& id) {
    const auto tx = database->write();
    auto connection = *connection_store::find(*tx, id);
    connection.status = ConnectionStatus::Active;
    store_grant(*tx, connection, "fresh-at", {"fresh-rt", hours(1)});
    tx->commit();
  }
  void change(const ConnectionId& id, const std::function<void(Connection&)>& edit) {
    const auto tx = database->write();
    auto connection = *connection_store::find(*tx, id);
    edit(connection);
    REQUIRE(connection_store::update(*tx, connection));
    tx->commit();
  }
};

}  // namespace

TEST_CASE_METHOD(Race, "a late success does not overwrite a fresh grant", "[refresh]") {
  const auto id = connect("strict");
  answer_after(200, token_body("late-at", "late-rt"), [&] { reauthorize(id); });
  CHECK(refresher->refresh_now(id, true).kind == Kind::Unchanged);
  CHECK(access_token(id) == "fresh-at");
  CHECK(refresh_token(id) == "fresh-rt");
  CHECK_FALSE(intent(id));
}

TEST_CASE_METHOD(Race, "a late refusal does not expire a fresh grant", "[refresh]") {
  const auto id = connect("strict");
  answer_after(400, R"({"error":"invalid_grant"})", [&] { reauthorize(id); });
  CHECK(refresher->refresh_now(id, true).kind == Kind::Unchanged);
  CHECK(row(id).status == ConnectionStatus::Active);
  CHECK(events().empty());
}

TEST_CASE_METHOD(Race, "a doubt about the old grant does not cling to the new one", "[refresh]") {
  const auto id = connect("strict");
  lose_answer();
  refresher->refresh_now(id, true);
  reauthorize(id);
  answer_error(400, "invalid_grant");
  CHECK(refresher->refresh_now(id, true).kind == Kind::Rejected);
  CHECK(row(id).status_reason == reason::kRefreshRejected);
}

TEST_CASE_METHOD(Race, "an account that was deleted meanwhile stays deleted", "[refresh]") {
  const auto id = connect("strict");
  answer_after(200, token_body("at2", "rt2"), [&] {
    const auto tx = database->write();
    connection_store::remove(*tx, id, clock.now());
    tx->commit();
  });
  CHECK(refresher->refresh_now(id, true).kind == Kind::Unchanged);
  CHECK_FALSE(connection_store::find(*database->read(), id));
}

TEST_CASE_METHOD(Race, "an account that was disabled meanwhile keeps the rotated token and stays disabled",
                 "[refresh]") {
  const auto id = connect("strict");
  answer_after(200, token_body("at2", "rt2"),
               [&] { change(id, [](Connection& c) { c.status = ConnectionStatus::Inactive; }); });
  refresher->refresh_now(id, true);
  CHECK(refresh_token(id) == "rt2");
  CHECK(row(id).status == ConnectionStatus::Inactive);
  CHECK(row(id).next_refresh_at == std::nullopt);
}

TEST_CASE_METHOD(Race, "other changes made meanwhile survive the refresh", "[refresh]") {
  const auto id = connect("strict");
  answer_after(200, token_body("at2", "rt2"), [&] { change(id, [](Connection& c) { c.alias = "work"; }); });
  CHECK(refresher->refresh_now(id, true).kind == Kind::Refreshed);
  CHECK(row(id).alias == "work");
}

TEST_CASE_METHOD(Race, "an account that changes before the request leaves is not asked for", "[refresh]") {
  struct Rival : HttpClient {
    HttpResult send(const HttpRequest& request) override {
      meanwhile();
      was_sent = request.before_send();
      return HttpFailure{HttpFailure::Sent::No, HttpFailure::Kind::Refused, "refused"};
    }
    std::function<void()> meanwhile;
    bool was_sent = false;
  };
  const auto id = connect("strict");
  Rival rival;
  SECTION("connected anew") {
    rival.meanwhile = [&] { reauthorize(id); };
  }
  SECTION("disabled") {
    rival.meanwhile = [&] { change(id, [](Connection& c) { c.status = ConnectionStatus::Inactive; }); };
  }
  SECTION("deleted") {
    rival.meanwhile = [&] {
      const auto tx = database->write();
      connection_store::remove(*tx, id, clock.now());
      tx->commit();
    };
  }
  Refresher other({clock, random, rival, *log}, *database, rotations.catalog(),
                  [](Transaction&, const Connection&, const std::string&) { return "{}"; }, {});
  CHECK(other.refresh_now(id, true).kind == Kind::Unchanged);
  CHECK_FALSE(rival.was_sent);
}

TEST_CASE_METHOD(Race, "a transport that asks for leave twice gets it once, and the outcome is in doubt",
                 "[refresh]") {
  struct Stutter : HttpClient {
    HttpResult send(const HttpRequest& request) override {
      first = request.before_send();
      second = request.before_send();
      return HttpFailure{HttpFailure::Sent::No, HttpFailure::Kind::Refused, "refused"};
    }
    bool first = false, second = true;
  };
  const auto id = connect("strict");
  Stutter stutter;
  Refresher other({clock, random, stutter, *log}, *database, rotations.catalog(),
                  [](Transaction&, const Connection&, const std::string&) { return "{}"; }, {});
  CHECK(other.refresh_now(id, true).kind == Kind::Postponed);
  CHECK(stutter.first);
  CHECK_FALSE(stutter.second);
  CHECK(intent(id));
}

TEST_CASE_METHOD(Race, "without a durable intent nothing is sent", "[refresh]") {
  const auto id = connect("strict");
  answer_tokens("at2", "rt2");
  flaky->fail_next_writes(1);
  CHECK_THROWS_AS(refresher->refresh_now(id, true), Error);
  CHECK(requests() == 0);
  CHECK_FALSE(intent(id));
  CHECK(refresher->refresh_now(id, true).kind == Kind::Postponed);  // the script is used up: no connection
}

TEST_CASE_METHOD(Race, "an answer that the file does not take is kept and stored later, without asking again",
                 "[refresh]") {
  const auto id = connect("strict");
  answer_after(200, token_body("at2", "rt2"), [&] { flaky->fail_next_writes(3); });

  SECTION("by the next caller") {
    CHECK_THROWS_AS(refresher->refresh_now(id, true), Error);
    CHECK(access_token(id) == "at1");
    CHECK(refresher->refresh_now(id, true).kind == Kind::Refreshed);
  }
  SECTION("by the schedule") {
    CHECK_THROWS_AS(refresher->refresh_now(id, true), Error);
    const auto next = refresher->run_due();
    REQUIRE(next);
    CHECK(*next <= clock.now() + seconds(1));
    clock.set(*next);
    refresher->run_due();
  }
  SECTION("at the latest when the vault stops") {
    CHECK_THROWS_AS(refresher->refresh_now(id, true), Error);
    refresher->stop();
  }
  SECTION("and fails no caller while the old token is usable") {
    clock.set(*row(id).expires_at - seconds(30));
    CHECK(refresher->refresh_now(id, false).kind == Kind::Unchanged);
    CHECK(refresher->refresh_now(id, false).kind == Kind::Refreshed);
  }
  CHECK(requests() == 1);
  CHECK(access_token(id) == "at2");
  CHECK(refresh_token(id) == "rt2");
  CHECK(log_text.find("refresh_answer_not_stored") != std::string::npos);
}

TEST_CASE_METHOD(Race, "a short fault of the file is not noticed by anybody", "[refresh]") {
  const auto id = connect("strict");
  answer_after(200, token_body("at2", "rt2"), [&] { flaky->fail_next_writes(2); });
  CHECK(refresher->refresh_now(id, true).kind == Kind::Refreshed);
  CHECK(access_token(id) == "at2");
}

TEST_CASE_METHOD(Race, "waiters see only what is committed", "[refresh]") {
  const auto id = connect("strict");
  clock.advance(hours(2));
  std::promise<void> asked;
  std::promise<void> release;
  answer_after(200, token_body("at2", "rt2"), [&] {
    asked.set_value();
    release.get_future().wait();
  });
  std::thread leader([&] { refresher->refresh_now(id, false); });
  asked.get_future().wait();
  auto waiter = std::async(std::launch::async, [&] {
    const auto result = refresher->refresh_now(id, false);
    return std::pair(result.kind, access_token(id));
  });
  CHECK(access_token(id) == "at1");
  release.set_value();
  leader.join();
  const auto [kind, token] = waiter.get();
  CHECK((kind == Kind::Refreshed || kind == Kind::Unchanged));
  CHECK(token == "at2");
  CHECK(requests() == 1);
}

TEST_CASE_METHOD(Race, "a provider that hangs holds up no other provider", "[refresh]") {
  const auto [slow, quick_one, scheme] = GENERATE(table<std::string, std::string, AuthScheme>(
      {{"strict", "plain", AuthScheme::OAuth2}, {"service", "errand", AuthScheme::S2sOAuth2}}));
  for (int i = 0; i < 10; ++i) connect(slow, "ca_slow_" + std::to_string(i), {.scheme = scheme});
  clock.advance(std::chrono::minutes(30));  // so that it is the last to become due
  const auto quick = connect(quick_one, "ca_quick", {.scheme = scheme});
  struct TwoHosts : HttpClient {
    HttpResult send(const HttpRequest& request) override {
      request.before_send();
      if (request.url.find(slow) != std::string::npos) {
        gate.wait();
        return HttpFailure{HttpFailure::Sent::Maybe, HttpFailure::Kind::Timeout, "timed out"};
      }
      was_asked.set_value();
      HttpResponse response;
      response.status = 200;
      response.body = token_body("at2");
      return response;
    }
    std::string slow;
    std::promise<void> release, was_asked;
    std::shared_future<void> gate = release.get_future().share();
  };
  TwoHosts hosts;
  hosts.slow = slow;
  clock.advance(hours(1));
  Refresher other({clock, random, hosts, *log}, *database, rotations.catalog(),
                  [](Transaction&, const Connection&, const std::string&) { return "{}"; }, {});
  other.start();
  CHECK(hosts.was_asked.get_future().wait_for(seconds(30)) == std::future_status::ready);
  hosts.release.set_value();
  other.stop();
  CHECK(access_token(quick) == "at2");
}
