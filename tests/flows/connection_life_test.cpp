#include <catch2/catch.hpp>

#include "tests/support/local_daemon.h"
#include "vault/crypto/signature.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

struct Hook {
  WebhookReceiver receiver;
  std::string secret;

  explicit Hook(LocalDaemon& daemon) {
    const ApiAnswer answer = daemon.call(
        "POST", "/api/v3/webhook_subscriptions",
        {{"webhook_url", receiver.url()}, {"enabled_events", {kExpiredEvent}}, {"version", "V3"}});
    REQUIRE(answer.status == 201);
    secret = answer.body["secret"];
  }

  bool is_signed(const WebhookReceiver::Delivery& delivery) const {
    return verify_webhook_signature(delivery.signature, secret, delivery.id, std::stoll(delivery.timestamp),
                                    delivery.body);
  }
};

}  // namespace

TEST_CASE("a connection lives from link to reconnection under one id", "[flow]") {
  LocalDaemon daemon;
  Hook hook(daemon);
  const std::string account = daemon.connect("user_1", "gmail", "alice@example.com");

  const ApiAnswer profile = daemon.execute("user_1", "GMAIL_GET_PROFILE", Json::object());
  REQUIRE(profile.status == 200);
  CHECK(profile.body["successful"] == true);
  CHECK(profile.body["data"]["emailAddress"] == "alice@example.com");

  daemon.advance("1h");
  CHECK(daemon.mock().refresh_count() == 1);
  CHECK(daemon.execute("user_1", "GMAIL_GET_PROFILE", Json::object()).body["successful"] == true);
  CHECK(daemon.mock().refresh_count() == 1);

  CHECK(daemon.mock().revoke_grants("google", "alice@example.com", false) == 1);
  daemon.advance("1h");
  CHECK(daemon.status_of(account) == "EXPIRED");
  const auto deliveries = hook.receiver.deliveries();
  REQUIRE(deliveries.size() == 1);
  CHECK(hook.is_signed(deliveries[0]));
  const Json event = parse_json(deliveries[0].body);
  CHECK(event["type"] == kExpiredEvent);
  CHECK(event["id"] == deliveries[0].id);
  CHECK(event["data"]["id"] == account);
  CHECK(event["data"]["status"] == "EXPIRED");

  const ApiAnswer refused = daemon.execute("user_1", "GMAIL_GET_PROFILE", Json::object());
  CHECK(refused.status == 400);
  CHECK(refused.body["error"]["code"] == 1803);
  CHECK(refused.body["error"]["suggested_fix"].get<std::string>().find("coffer connect user_1 gmail") !=
        std::string::npos);
  CHECK(daemon.status_of(account) == "EXPIRED");

  CHECK(daemon.connect("user_1", "gmail", "alice@example.com") == account);
  CHECK(daemon.execute("user_1", "GMAIL_GET_PROFILE", Json::object()).body["successful"] == true);
}

TEST_CASE("another user's account is as absent as one that does not exist", "[flow]") {
  LocalDaemon daemon;
  const std::string account = daemon.connect("user_a", "gmail", "alice@example.com");

  CHECK(daemon.call("GET", "/api/v3/connected_accounts?user_ids=user_b").body["items"].empty());
  CHECK(daemon.execute("user_b", "GMAIL_GET_PROFILE", Json::object()).body["error"]["code"] == 1803);

  const auto execute_as_b = [&](const std::string& id) {
    Json error =
        daemon
            .call("POST", "/api/v3/tools/execute/GMAIL_GET_PROFILE",
                  {{"user_id", "user_b"}, {"connected_account_id", id}, {"arguments", Json::object()}})
            .body["error"];
    error.erase("request_id");
    std::string text = dump_json(error);
    for (std::size_t at = text.find(id); at != std::string::npos; at = text.find(id))
      text.replace(at, id.size(), "ID");
    return text;
  };
  CHECK(execute_as_b(account) == execute_as_b("ca_AAAAAAAAAAAA"));
}

TEST_CASE("two users of one toolkit act as themselves", "[flow]") {
  LocalDaemon daemon;
  daemon.connect("user_a", "gmail", "alice@example.com");
  daemon.connect("user_b", "gmail", "bob@example.com");
  CHECK(daemon.execute("user_a", "GMAIL_GET_PROFILE", Json::object()).body["data"]["emailAddress"] ==
        "alice@example.com");
  CHECK(daemon.execute("user_b", "GMAIL_GET_PROFILE", Json::object()).body["data"]["emailAddress"] ==
        "bob@example.com");
}

TEST_CASE("an API key is asked for by the hosted page and used by the tool", "[flow]") {
  LocalDaemon daemon;
  const LocalDaemon::Link link = daemon.create_link("user_1", "tavily");
  FormBrowser browser = daemon.browser();
  const Fields credentials = daemon.mock().credentials_of("tavily", "alice@example.com");
  browser.submit(browser.open(link.url), "Connect", credentials);
  CHECK(daemon.status_of(link.account) == "ACTIVE");
  const ApiAnswer answer = daemon.execute("user_1", "TAVILY_TAVILY_SEARCH", {{"query", "offline vaults"}});
  CHECK(answer.body["successful"] == true);
}

TEST_CASE("a wrong API key leaves the link open", "[flow]") {
  LocalDaemon daemon;
  const LocalDaemon::Link link = daemon.create_link("user_1", "sentry");
  FormBrowser browser = daemon.browser();
  Fields wrong = daemon.mock().credentials_of("sentry", "alice@example.com");
  const Fields right = wrong;
  for (auto& field : wrong) field.second += "x";
  const BrowserPage refused = browser.submit(browser.open(link.url), "Connect", wrong);
  CHECK(refused.html.find("role=\"alert\"") != std::string::npos);
  CHECK(daemon.status_of(link.account) == "INITIATED");
  browser.submit(refused, "Connect", right);
  CHECK(daemon.status_of(link.account) == "ACTIVE");
}

TEST_CASE("a link that nobody completes ends its account after ten minutes, without an event", "[flow]") {
  LocalDaemon daemon;
  Hook hook(daemon);
  const LocalDaemon::Link link = daemon.create_link("user_1", "github");
  CHECK(daemon.status_of(link.account) == "INITIATED");
  daemon.advance("11m");
  const Json account = daemon.call("GET", "/api/v3/connected_accounts/" + link.account).body;
  CHECK(account["status"] == "EXPIRED");
  CHECK(account["status_reason"] == "not completed within 10 minutes");
  CHECK(hook.receiver.deliveries().empty());
  CHECK(daemon.browser().open(link.url).status == 410);
}

TEST_CASE("denied consent fails the account and tells the app so", "[flow]") {
  LocalDaemon daemon;
  const LocalDaemon::Link link =
      daemon.create_link("user_1", "gmail", {{"callback_url", "http://127.0.0.1:1/done?tab=2"}});
  FormBrowser browser(daemon.http(), "http://127.0.0.1:1/");
  const BrowserPage login = browser.submit(browser.open(link.url), "Continue");
  const BrowserPage consent =
      browser.submit(login, "Sign in", {{"email", "alice@example.com"}, {"password", "password"}});
  const BrowserPage end = browser.submit(consent, "Deny");
  CHECK(end.url.rfind("http://127.0.0.1:1/done?tab=2&", 0) == 0);
  CHECK(end.url.find("status=failed") != std::string::npos);
  CHECK(end.url.find("connected_account_id=" + link.account) != std::string::npos);
  CHECK(daemon.status_of(link.account) == "FAILED");
}

TEST_CASE("a rotating refresh token is exchanged over and over for a week", "[flow]") {
  LocalDaemon daemon;
  const std::string account = daemon.connect("user_1", "jira", "alice@example.com");
  daemon.advance("7d");
  CHECK(daemon.status_of(account) == "ACTIVE");
  CHECK(daemon.execute("user_1", "JIRA_GET_CURRENT_USER", Json::object()).body["successful"] == true);
  // One hour tokens, renewed between 45 and 51 minutes after each other.
  CHECK(daemon.mock().refresh_count() >= 7 * 24 * 60 / 51);
  CHECK(daemon.mock().refresh_count() <= 7 * 24 * 60 / 45 + 1);
}

TEST_CASE("the trigger makes the provider refuse, and the event arrives", "[flow]") {
  LocalDaemon daemon;
  Hook hook(daemon);
  const std::string account = daemon.connect("user_1", "gmail", "alice@example.com");
  const ApiAnswer answer =
      daemon.call("POST", "/_coffer/trigger", {{"event", kExpiredEvent}, {"connected_account", account}});
  CHECK(answer.status == 200);
  CHECK(daemon.status_of(account) == "EXPIRED");
  CHECK(hook.receiver.deliveries().size() == 1);
}

TEST_CASE("a webhook that fails is delivered again with the same id and body", "[flow]") {
  LocalDaemon daemon;
  Hook hook(daemon);
  const std::string account = daemon.connect("user_1", "gmail", "alice@example.com");
  hook.receiver.answer_with(503);
  daemon.call("POST", "/_coffer/trigger", {{"event", kExpiredEvent}, {"connected_account", account}});
  hook.receiver.answer_with(200);
  daemon.advance("1h");
  const auto deliveries = hook.receiver.deliveries();
  REQUIRE(deliveries.size() == 2);
  CHECK(deliveries[0].id == deliveries[1].id);
  CHECK(deliveries[0].body == deliveries[1].body);
  CHECK(deliveries[1].attempt == 2);
  CHECK(hook.is_signed(deliveries[1]));
}

TEST_CASE("no credential shows in any answer or log line", "[flow]") {
  LocalDaemon daemon;
  const std::string account = daemon.connect("user_1", "gmail", "alice@example.com");
  const std::string token = daemon.call("GET", "/_coffer/accounts/" + account + "/token").body["token"];
  REQUIRE(token.size() > 20);
  std::string seen = daemon.log_text();
  const std::vector<std::string> paths = {"/api/v3/connected_accounts/" + account,
                                          "/api/v3/connected_accounts", "/api/v3/auth_configs",
                                          "/_coffer/events"};
  for (const std::string& path : paths) {
    seen += dump_json(daemon.call("GET", path).body);
  }
  seen += dump_json(daemon.execute("user_1", "GMAIL_FETCH_EMAILS", Json::object()).body);
  CHECK(seen.find(token) == std::string::npos);
}
