// What the vault makes of every fault that the mock provider knows, at each place where it asks.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "mockprovider/fault_plan.h"
#include "tests/support/account_life.h"
#include "vault/model/lifecycle.h"
#include "vault/refresh/plan.h"

using namespace coffer;
using namespace coffer::testing;
using namespace std::chrono_literals;

namespace {

constexpr Duration kNone{0};

// Of a grant at a provider that takes each refresh token once and has no window of reuse.
enum class Strict {
  Renewed,       // nothing was lost
  ResponseLost,  // EXPIRED: the successor never arrived, and the vault says so
  Refused,       // EXPIRED at the refresh after it: the provider kept the successor to itself
};

struct Expectation {
  Json members = Json::object();  // of the fault
  Duration next_try = kNone;      // after the refresh that met it; none: it was as good as any
  Strict strict = Strict::Renewed;
  bool connects = false;  // the sign-in whose code meets it
  std::string tool = {};  // what a tool call says; empty: it succeeds
};

const std::string kBroken = "it may have carried out the request";
const std::string kUnreadable = "with a body that is not JSON; it may have carried out the request";

const std::map<std::string, Expectation>& expectations() {
  static const std::map<std::string, Expectation> kAll = {
      {"answer", {.members = {{"status", 500}}, .next_try = 1s, .tool = "Mock answered 500"}},
      {"throttle", {.members = {{"retry_after", "30s"}}, .next_try = 30s, .tool = "try again in 30 seconds"}},
      {"hang", {.members = {{"for", "20ms"}}, .next_try = 1s, .tool = kBroken}},
      {"reset", {.next_try = 1s, .tool = kBroken}},
      {"reset_after_head", {.next_try = 1s, .strict = Strict::ResponseLost, .tool = kBroken}},
      {"reset_in_body", {.next_try = 1s, .strict = Strict::ResponseLost, .tool = kBroken}},
      {"commit_then_reset", {.next_try = 1s, .strict = Strict::ResponseLost, .tool = kBroken}},
      {"commit_then_lose_answer", {.next_try = 1s, .strict = Strict::ResponseLost, .tool = kBroken}},
      {"cut_body", {.next_try = 1s, .strict = Strict::ResponseLost, .tool = kBroken}},
      {"malformed_json", {.next_try = 1s, .strict = Strict::ResponseLost, .tool = kUnreadable}},
      {"truncated_json", {.next_try = 1s, .strict = Strict::ResponseLost, .tool = kUnreadable}},
      {"html", {.next_try = 1s, .tool = kUnreadable}},
      // A client that is sent elsewhere is taken for one that is refused: 15 minutes, and last in line.
      {"redirect", {.next_try = 16min, .tool = "a redirect, which is not followed"}},
      {"wrong_content_type", {.connects = true}},
      {"gzip_garbage", {.next_try = 1s, .strict = Strict::ResponseLost, .tool = kUnreadable}},
      {"change", {.members = {{"fields", {{"token_type", "mac"}}}}, .connects = true}},
      {"no_access_token", {.next_try = 1s, .strict = Strict::ResponseLost}},
      {"no_refresh_token", {.strict = Strict::Refused, .connects = true}},
      {"odd_expires_in", {.connects = true}},
      {"delay", {.members = {{"latency", "10ms"}}, .connects = true}},
  };
  return kAll;
}

// One of them, for each that the mock knows: one without an expectation fails here.
std::string any_fault() {
  const auto known = mock::fault_actions();
  return GENERATE_COPY(from_range(known));
}

const Expectation& expectation_of(const std::string& fault) {
  const auto found = expectations().find(fault);
  if (found == expectations().end()) FAIL("nobody says what the vault answers to the fault " << fault);
  return found->second;
}

}  // namespace

TEST_CASE("every expectation is of a fault that the mock knows", "[flow][fault]") {
  const auto actions = mock::fault_actions();
  const std::set<std::string> known(actions.begin(), actions.end());
  for (const auto& [fault, expected] : expectations()) CHECK(known.count(fault) == 1);
}

TEST_CASE("no fault of a refresh loses a grant whose refresh token stays good", "[flow][fault]") {
  const std::string fault = any_fault();
  CAPTURE(fault);
  const Expectation& expected = expectation_of(fault);
  AccountLife life("gmail");
  life.fault("refresh", fault, expected.members);

  life.go_to_refresh();
  CHECK(life.refreshes() == 1);
  CHECK(life.status() == "ACTIVE");
  CHECK(life.serves());
  if (expected.next_try != kNone) {
    life.go_to_refresh();
    REQUIRE(life.refreshes() == 2);
    CHECK(life.last_wait() == expected.next_try);
  }
  CHECK(life.row().failures == 0);
  CHECK(life.row().generation == 2);
  CHECK(life.serves());
  CHECK(life.expired_events() == 0);
}

TEST_CASE("within the provider's window of reuse a lost answer is asked for again, and nothing is lost",
          "[flow][fault]") {
  const std::string fault = any_fault();
  CAPTURE(fault);
  if (expectation_of(fault).strict != Strict::ResponseLost) return;
  AccountLife life("jira");
  life.fault("refresh", fault, expectation_of(fault).members);

  life.go_to_refresh();
  CHECK(life.serves());
  life.go_to_refresh();
  CHECK(life.refreshes() == 2);
  CHECK(life.last_wait() == 1s);
  life.go_to_refresh();  // with the successor of the second answer
  CHECK(life.refreshes() == 3);
  CHECK(life.serves());
  CHECK(life.expired_events() == 0);
}

TEST_CASE("without a window of reuse only what no client can mend is lost, and is told apart",
          "[flow][fault]") {
  const std::string fault = any_fault();
  CAPTURE(fault);
  const Expectation& expected = expectation_of(fault);
  AccountLife life("mock");
  life.fault("refresh", fault, expected.members);

  life.go_to_refresh();
  CHECK(life.status() == "ACTIVE");
  CHECK(life.serves());
  life.go_to(life.daemon.clock().now() + 2h);
  if (expected.strict == Strict::Renewed) {
    CHECK(life.status() == "ACTIVE");
    CHECK(life.serves());
    CHECK(life.expired_events() == 0);
    return;
  }
  CHECK(life.status() == "EXPIRED");
  CHECK(life.reason() ==
        (expected.strict == Strict::ResponseLost ? reason::kResponseLost : reason::kRefreshRejected));
  CHECK(life.refreshes() == 2);
  CHECK(life.expired_events() == 1);
}

TEST_CASE("a fault of the code's exchange ends the sign-in in words, and the next one works",
          "[flow][fault]") {
  const std::string fault = any_fault();
  CAPTURE(fault);
  const Expectation& expected = expectation_of(fault);
  LocalDaemon daemon;
  Json planned = expected.members;
  planned.update({{"endpoint", "token"}, {"action", fault}});
  REQUIRE(daemon.mock_call("POST", "/_mock/faults", planned).status == 200);
  const LocalDaemon::Link link = daemon.create_link("user_1", "mock");
  const BrowserPage page = daemon.browser().connect(link.url, "alice@example.com");

  CHECK(daemon.mock_call("GET", "/_mock/journal?endpoint=token").body["entries"].size() == 1);
  if (expected.connects) {
    CHECK(page.status == 200);
    CHECK(daemon.status_of(link.account) == "ACTIVE");
    return;
  }
  CHECK(page.status == 502);
  CHECK(page.html.find("The provider did not give a token for this sign-in.") != std::string::npos);
  const Json account = daemon.call("GET", "/api/v3/connected_accounts/" + link.account).body;
  CHECK(account["status"] == "FAILED");
  CHECK(account["status_reason"] == std::string(reason::kExchangeFailed));
  CHECK(daemon.call("GET", "/_coffer/events").body["items"].empty());
  CHECK_NOTHROW(daemon.connect("user_1", "mock", "alice@example.com"));
}

TEST_CASE("a fault of a service is the tool's error and nothing that ends an account", "[flow][fault]") {
  const std::string fault = any_fault();
  CAPTURE(fault);
  const Expectation& expected = expectation_of(fault);
  AccountLife life("mock");
  life.fault("api:mock", fault, expected.members);

  const ApiAnswer answer = life.daemon.execute("user_1", "MOCK_CREATE_ITEM", {{"title", "one"}});
  INFO(answer.body.dump(1));
  REQUIRE(answer.status == 200);
  CHECK(answer.body["successful"] == expected.tool.empty());
  if (!expected.tool.empty()) {
    CHECK(answer.body["error"].get<std::string>().find(expected.tool) != std::string::npos);
  }
  CHECK(life.requests("api:mock").size() == 1);
  CHECK(life.refreshes() == 0);
  CHECK(life.status() == "ACTIVE");
  CHECK(life.serves());
}
