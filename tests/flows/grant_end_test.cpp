// Grants that somebody ends, narrows or widens at the provider, and the one event that tells of it.
#include <catch2/catch.hpp>

#include "tests/support/account_life.h"
#include "vault/model/lifecycle.h"

using namespace coffer;
using namespace coffer::testing;
using namespace std::chrono_literals;

namespace {

std::string family_of(AccountLife& life) {
  return life.daemon.mock_call("GET", "/_mock/grants").body["grants"].at(0)["id"];
}

void check_ended(AccountLife& life, std::string_view because) {
  CHECK(life.status() == "EXPIRED");
  CHECK(life.reason() == because);
  CHECK(life.expired_events() == 1);
  const ApiAnswer refused = life.daemon.execute("user_1", "MOCK_WHOAMI", Json::object());
  CHECK(refused.status == 400);
  CHECK(refused.body["error"]["suggested_fix"].get<std::string>().find("coffer connect user_1 mock") !=
        std::string::npos);
}

ApiAnswer create_item(AccountLife& life) {
  return life.daemon.execute("user_1", "MOCK_CREATE_ITEM", {{"title", "one"}});
}

// Whoever holds the token and the client's secret, elsewhere.
int refresh_elsewhere(AccountLife& life, const Secret& token) {
  const mock::MockClient client = life.daemon.mock().managed_client("mockidp");
  const std::string form = build_form({{"grant_type", "refresh_token"},
                                       {"refresh_token", std::string(token.expose())},
                                       {"client_id", client.client_id},
                                       {"client_secret", client.client_secret}});
  return life.daemon.mock()
      .ask("POST", "/mock/mockidp/token", {{"Content-Type", "application/x-www-form-urlencoded"}}, form)
      .status;
}

}  // namespace

TEST_CASE("a user who takes the app's access away is noticed at the next call", "[flow][grant]") {
  AccountLife life("mock");
  life.at_provider("revoke", {{"what", "all"}});
  CHECK_FALSE(life.serves());
  CHECK(life.refreshes() == 1);
  check_ended(life, reason::kRefreshRejected);
  CHECK(life.refreshes() == 1);
}

TEST_CASE(
    "a refresh token revoked by others is noticed at the next refresh, and the access token serves until "
    "then",
    "[flow][grant]") {
  AccountLife life("mock");
  life.at_provider("revoke", {{"what", "refresh"}});
  CHECK(life.serves());
  life.go_to_refresh();
  check_ended(life, reason::kRefreshRejected);
  life.daemon.advance("7d");
  CHECK(life.refreshes() == 1);  // nobody asks again for what was refused
  CHECK(life.expired_events() == 1);
}

TEST_CASE("an access token revoked by others costs one refresh and nothing else", "[flow][grant]") {
  AccountLife life("mock");
  life.at_provider("revoke", {{"what", "access"}});
  CHECK(life.serves());
  CHECK(life.refreshes() == 1);
  CHECK(life.status() == "ACTIVE");
}

TEST_CASE("a stolen refresh token that was used elsewhere ends the grant at the vault's next refresh",
          "[flow][grant]") {
  AccountLife life("mock");
  REQUIRE(refresh_elsewhere(life, life.refresh_token()) == 200);
  CHECK(life.serves());
  life.go_to_refresh();
  check_ended(life, reason::kRefreshRejected);
}

TEST_CASE("a rotated refresh token that comes again from elsewhere ends the whole family, the vault's too",
          "[flow][grant]") {
  AccountLife life("mock");
  const Secret rotated = life.refresh_token();
  life.go_to_refresh();
  REQUIRE(refresh_elsewhere(life, rotated) == 400);
  CHECK_FALSE(life.serves());
  check_ended(life, reason::kRefreshRejected);
}

TEST_CASE("a provider that wants the user says so in the account's reason", "[flow][grant]") {
  const std::string error = GENERATE(as<std::string>{}, "interaction_required", "access_denied");
  CAPTURE(error);
  AccountLife life("mock");
  life.fault("refresh", "answer", {{"status", 400}, {"body", {{"error", error}}}});
  life.go_to_refresh();
  check_ended(life, reason::kUserActionRequired);
}

TEST_CASE("a scope that the user takes back is named by the call that needs it, and the account stays",
          "[flow][grant]") {
  AccountLife life("mock");
  REQUIRE(create_item(life).body["successful"] == true);
  const Json taken_back = {{"family", family_of(life)}, {"scope", "write"}};
  REQUIRE(life.daemon.mock_call("POST", "/_mock/grants/drop_scope", taken_back).status == 200);
  const ApiAnswer refused = create_item(life);
  CHECK(refused.body["successful"] == false);
  CHECK(refused.body["error"].get<std::string>().find("it needs the scope write") != std::string::npos);
  CHECK(life.refreshes() == 0);  // a new token would hold no more
  CHECK(life.serves());
  life.go_to_refresh();
  CHECK(life.row().scopes == std::vector<std::string>{"read"});
  CHECK(life.status() == "ACTIVE");
}

TEST_CASE("a reconnection that grants more keeps the account's id and raises no event", "[flow][grant]") {
  LocalDaemon daemon;
  REQUIRE(
      daemon.mock_call("POST", "/_mock/scripts", {{"action", "auto"}, {"refuse", {"write"}}, {"count", 1}})
          .status == 200);
  const LocalDaemon::Link link = daemon.create_link("user_1", "mock");
  FormBrowser browser = daemon.browser();
  browser.connect(link.url, "alice@example.com");
  REQUIRE(daemon.status_of(link.account) == "ACTIVE");
  CHECK(daemon.execute("user_1", "MOCK_CREATE_ITEM", {{"title", "one"}}).body["successful"] == false);

  const ApiAnswer again =
      daemon.call("POST", "/api/v3/connected_accounts/" + link.account + "/refresh", Json::object());
  browser.connect(again.body["redirect_url"], "alice@example.com");
  CHECK(daemon.status_of(link.account) == "ACTIVE");
  CHECK(daemon.execute("user_1", "MOCK_CREATE_ITEM", {{"title", "one"}}).body["successful"] == true);
  CHECK(daemon.call("GET", "/api/v3/connected_accounts?user_ids=user_1").body["items"].size() == 1);
  CHECK(daemon.call("GET", "/_coffer/events").body["items"].empty());
}

TEST_CASE("a reconnection by somebody else changes nothing of an account that works", "[flow][grant]") {
  AccountLife life("mock");
  const BrowserPage page = life.daemon.browser().connect(life.link(), "bob@example.com");
  CHECK(page.status == 409);
  CHECK(page.html.find("This link was for alice@example.com, but you signed in as bob@example.com.") !=
        std::string::npos);
  CHECK(life.status() == "ACTIVE");
  CHECK(life.call_tool().body["data"]["email"] == "alice@example.com");
}

TEST_CASE("a person whose account is locked cannot reconnect, and what was granted goes on",
          "[flow][grant]") {
  AccountLife life("mock");
  const std::string link = life.link();
  REQUIRE(life.daemon.mock_call("POST", "/_mock/accounts/lock", {{"email", "alice@example.com"}}).status ==
          200);
  CHECK(life.daemon.browser().connect(link, "alice@example.com").html.find("This account is locked.") !=
        std::string::npos);
  CHECK(life.status() == "ACTIVE");
  life.go_to_refresh();
  CHECK(life.serves());
}

TEST_CASE("two accounts of one user live and end apart from each other", "[flow][grant]") {
  AccountLife life("mock");
  const std::string second = life.daemon.connect("user_1", "mock", "bob@example.com");
  REQUIRE(second != life.account);
  life.at_provider("revoke", {{"what", "all"}});
  life.go_to_refresh();
  life.daemon.advance("1h");
  CHECK(life.status() == "EXPIRED");
  CHECK(life.daemon.status_of(second) == "ACTIVE");
  CHECK(life.daemon.execute("user_1", "MOCK_WHOAMI", Json::object()).body["data"]["email"] ==
        "bob@example.com");
  CHECK(life.daemon.call("GET", "/_coffer/events").body["items"].size() == 1);
}
