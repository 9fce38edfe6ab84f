// Providers and services in trouble: what is asked again, when, and what never ends an account.
#include <catch2/catch.hpp>

#include "tests/support/account_life.h"

using namespace coffer;
using namespace coffer::testing;
using namespace std::chrono_literals;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Everything that the vault says of this account.
std::string all_words(AccountLife& life) {
  LocalDaemon& daemon = life.daemon;
  std::string words = daemon.log_text() + dump_json(life.call_tool().body);
  for (const std::string& path :
       {"/api/v3/connected_accounts/" + life.account, std::string("/_coffer/events")}) {
    words += dump_json(daemon.call("GET", path).body);
  }
  for (const Event& event : daemon.vault().events()) words += event.body;
  return words;
}

}  // namespace

TEST_CASE("a 401 that passes costs one refresh, and the caller does not see it", "[flow][trouble]") {
  AccountLife life("mock");
  life.fault("api:mock", "answer", {{"status", 401}});
  CHECK(life.serves());
  CHECK(life.refreshes() == 1);
  CHECK(life.requests("api:mock").size() == 2);
}

TEST_CASE("a service that says 401 for ever gets two requests for a call, and the account stays",
          "[flow][trouble]") {
  AccountLife life("mock");
  life.fault("api:mock", "answer", {{"status", 401}, {"count", 0}});
  const ApiAnswer answer = life.call_tool();
  CHECK(answer.body["successful"] == false);
  CHECK(contains(answer.body["error"], "Mock refused the credential (401"));
  CHECK(life.requests("api:mock").size() == 2);
  CHECK(life.refreshes() == 1);
  CHECK(life.status() == "ACTIVE");
}

TEST_CASE("a service's 403 is about the call and refreshes nothing", "[flow][trouble]") {
  AccountLife life("mock");
  life.fault("api:mock", "answer", {{"status", 403}, {"body", {{"error", "forbidden"}}}});
  const ApiAnswer answer = life.call_tool();
  CHECK(answer.body["successful"] == false);
  CHECK(contains(answer.body["error"], "403: forbidden"));
  CHECK(life.refreshes() == 0);
  CHECK(life.serves());
}

TEST_CASE("a service's quota is told with its seconds, and the call is not repeated", "[flow][trouble]") {
  AccountLife life("mock");
  REQUIRE(
      life.daemon.mock_call("POST", "/_mock/quotas", {{"toolkit", "mock"}, {"limit", 1}, {"window", "1m"}})
          .status == 200);
  CHECK(life.serves());
  life.daemon.advance("20s");
  const ApiAnswer answer = life.call_tool();
  CHECK(answer.body["successful"] == false);
  CHECK(contains(answer.body["error"], "try again in 40 seconds"));
  CHECK(life.requests("api:mock").size() == 2);
  life.daemon.advance("40s");
  CHECK(life.serves());
}

TEST_CASE(
    "a call that changes something is sent once, whatever becomes of its connection, and a read may come "
    "again",
    "[flow][trouble]") {
  AccountLife life("mock");
  REQUIRE(life.serves());  // leaves a connection that is kept
  life.fault("api:mock", "commit_then_lose_answer");
  CHECK(life.serves());
  life.fault("api:mock", "commit_then_lose_answer");
  const ApiAnswer answer = life.daemon.execute("user_1", "MOCK_CREATE_ITEM", {{"title", "one"}});
  CHECK(answer.body["successful"] == false);
  CHECK(contains(answer.body["error"], "it may have carried out the request"));
  const Json requests = life.requests("api:mock");
  REQUIRE(requests.size() == 4);
  CHECK(requests[3]["method"] == "POST");
}

TEST_CASE("a provider that names a time is asked then and not before", "[flow][trouble]") {
  const int status = GENERATE(429, 503, 500);
  const std::string form = GENERATE(as<std::string>{}, "seconds", "date");
  CAPTURE(status, form);
  AccountLife life("mock");
  life.daemon.clock().set(
      from_ms(to_ms(life.daemon.clock().now()) / 1000 * 1000));  // dates have no milliseconds
  life.fault("refresh", "answer", {{"status", status}, {"retry_after", "3m"}, {"retry_after_as", form}});
  life.go_to_refresh();
  const Timestamp asked_at = life.daemon.clock().now();
  CHECK(life.serves());
  life.go_to(asked_at + 3min - 2s);
  CHECK(life.refreshes() == 1);
  life.go_to_refresh();
  CHECK(life.refreshes() == 2);
  CHECK(life.last_wait() <= 3min);
  CHECK(life.last_wait() > 3min - 2s);
  CHECK(life.row().failures == 0);
}

TEST_CASE("a person can force the refresh that the provider put off", "[flow][trouble]") {
  AccountLife life("mock");
  life.fault("refresh", "throttle", {{"retry_after", "1h"}});
  life.go_to_refresh();
  const std::string path = "/_coffer/accounts/" + life.account + "/refresh";
  life.daemon.call("POST", path, Json::object());
  CHECK(life.refreshes() == 1);
  CHECK(life.daemon.call("POST", path, {{"force", true}}).body["result"] == "refreshed");
  CHECK(life.refreshes() == 2);
}

TEST_CASE("a call that comes while nothing can be refreshed is told when the next try is",
          "[flow][trouble]") {
  AccountLife life("mock");
  life.fault("refresh", "answer", {{"status", 503}, {"retry_after", "2h"}});
  life.go_to_refresh();
  life.daemon.advance("30m");
  const ApiAnswer answer = life.call_tool();
  CHECK(answer.status == 503);
  CHECK(contains(answer.body["error"]["suggested_fix"], to_rfc3339(*life.row().next_refresh_at)));
  CHECK(life.refreshes() == 1);
  life.daemon.advance("2h");
  CHECK(life.serves());
}

TEST_CASE("a provider that is down for a week ends no account and is asked ever less often",
          "[flow][trouble]") {
  AccountLife life("gmail");
  life.fault("refresh", "answer", {{"status", 502}, {"count", 0}, {"until", "7d"}});
  life.daemon.advance("7d");
  CHECK(life.status() == "ACTIVE");
  CHECK(life.refreshes() > 7 * 24 * 60 / 15 - 10);
  CHECK(life.refreshes() < 7 * 24 * 60 / 5);
  CHECK(life.call_tool().status == 503);
  life.daemon.advance("15m");
  CHECK(life.serves());
  CHECK(life.expired_events() == 0);
}

TEST_CASE("a network behind a sign-in page is no answer of the provider's", "[flow][trouble]") {
  AccountLife life("gmail");
  life.fault("refresh", "html", {{"count", 0}, {"until", "1d"}});
  life.daemon.advance("1d");
  CHECK(life.status() == "ACTIVE");
  CHECK(life.expired_events() == 0);
  life.daemon.advance("15m");
  CHECK(life.serves());
}

TEST_CASE("a token request is not led to another address", "[flow][trouble]") {
  AccountLife life("mock");
  WebhookReceiver elsewhere;
  life.fault("refresh", "redirect", {{"status", 307}, {"location", elsewhere.url()}});
  life.go_to_refresh();
  CHECK(life.refreshes() == 1);
  CHECK(elsewhere.deliveries().empty());
  CHECK(life.status() == "ACTIVE");
}

TEST_CASE("an error that is none of the protocol's ends nothing", "[flow][trouble]") {
  const std::string body = GENERATE(as<std::string>{}, R"({"error":42})", R"({"error":{"message":"no"}})",
                                    R"({"error":"","error_description":""})", R"([])", R"(null)", "",
                                    R"({"error":"out_of_cheese"})", "\xff\xfe{");
  CAPTURE(body);
  AccountLife life("mock");
  life.fault("refresh", "answer", {{"status", 400}, {"body", body}});
  life.go_to_refresh();
  CHECK(life.status() == "ACTIVE");
  CHECK(life.serves());
  life.go_to_refresh();
  CHECK(life.last_wait() == 1s);
  CHECK(life.serves());
}

TEST_CASE("a refusal that quotes the token it refuses is not repeated anywhere", "[flow][trouble]") {
  AccountLife life("mock");
  const std::string token = std::string(life.refresh_token().expose());
  const std::string access =
      life.daemon.call("GET", "/_coffer/accounts/" + life.account + "/token").body["token"];
  const std::string error = GENERATE_COPY(std::string("invalid_grant"), token);
  life.fault("refresh", "answer",
             {{"status", 400},
              {"body", {{"error", error}, {"error_description", "the token " + token + " is no token"}}}});
  life.go_to_refresh();
  CHECK(life.status() == (error == token ? "ACTIVE" : "EXPIRED"));
  const std::string words = all_words(life);
  CHECK(words.size() > 500);
  CHECK_FALSE(contains(words, token));
  CHECK_FALSE(contains(words, access));
}

TEST_CASE("a service that sends the token back is not repeated", "[flow][trouble]") {
  AccountLife life("mock");
  const std::string access =
      life.daemon.call("GET", "/_coffer/accounts/" + life.account + "/token").body["token"];
  life.fault("api:mock", "answer", {{"status", 400}, {"body", {{"message", "bad token " + access}}}});
  const ApiAnswer answer = life.call_tool();
  CHECK(answer.body["successful"] == false);
  CHECK_FALSE(contains(dump_json(answer.body), access));
}

TEST_CASE("a token type that nobody knows is used as the toolkit says", "[flow][trouble]") {
  AccountLife life("mock");
  life.fault("refresh", "change", {{"fields", {{"token_type", "unheard-of"}}}});
  life.go_to_refresh();
  CHECK(life.serves());
  CHECK(life.refreshes() == 1);
}

TEST_CASE("a refresh token that is not replaced, or replaced by itself, stays in use", "[flow][trouble]") {
  AccountLife life("gmail");
  const std::string token = std::string(life.refresh_token().expose());
  const bool is_repeated = GENERATE(false, true);
  if (is_repeated) life.fault("refresh", "change", {{"fields", {{"refresh_token", token}}}});
  for (std::size_t round = 1; round <= 3; ++round) {
    life.go_to_refresh();
    CHECK(life.refreshes() == round);
    CHECK(std::string(life.refresh_token().expose()) == token);
    CHECK(life.serves());
  }
}

TEST_CASE("a client secret that was changed at the provider holds all accounts up and ends none",
          "[flow][trouble]") {
  AccountLife life("mock");
  const std::string second = life.daemon.connect("user_2", "mock", "bob@example.com");
  const mock::MockClient client = life.daemon.mock().managed_client("mockidp");
  const Json name = {{"provider", "mockidp"}, {"client_id", client.client_id}};
  REQUIRE(life.daemon.mock_call("POST", "/_mock/clients/rotate_secret", name).status == 200);
  life.daemon.advance("55m");
  const auto asked = life.refreshes();
  CHECK(asked >= 1);
  CHECK(asked <= 2);  // both may have been under way before the first refusal was stored
  CHECK(life.serves());
  life.daemon.advance("1d");
  CHECK(life.status() == "ACTIVE");
  CHECK(life.daemon.status_of(second) == "ACTIVE");
  CHECK(life.refreshes() < 12);  // 15 minutes, doubling to six hours
  CHECK(life.call_tool().status == 503);

  Json right = name;
  right.update({{"client_secret", client.client_secret}, {"any_loopback_redirect", true}});
  REQUIRE(life.daemon.mock_call("POST", "/_mock/clients", right).status == 200);
  life.daemon.advance("6h");
  CHECK(life.serves());
  CHECK(life.daemon.call("GET", "/_coffer/events").body["items"].empty());
}

TEST_CASE("a firewall's 403 at the token endpoint ends no account", "[flow][trouble]") {
  AccountLife life("mock");
  life.fault("refresh", "answer", {{"status", 403}, {"body", "<h1>Blocked</h1>"}, {"count", 3}});
  life.daemon.advance("3d");
  CHECK(life.status() == "ACTIVE");
  CHECK(life.serves());
  CHECK(life.expired_events() == 0);
}
