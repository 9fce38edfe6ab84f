// Each way of authenticating at the mock toolkit: by its form, by import, and then a tool as that person.
#include <catch2/catch.hpp>

#include "tests/support/local_daemon.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

constexpr const char* kAlice = "alice@example.com";

std::string config_for(LocalDaemon& daemon, const std::string& scheme) {
  const ApiAnswer made =
      daemon.call("POST", "/api/v3/auth_configs",
                  {{"toolkit", {{"slug", "mock"}}},
                   {"auth_config", {{"type", "use_custom_auth"}, {"authScheme", scheme}}}});
  INFO(made.body.dump());
  REQUIRE(made.status == 201);
  return made.body["auth_config"]["id"];
}

// What the toolkit's detail says that a user has to bring.
std::vector<std::string> needed_fields(LocalDaemon& daemon, const std::string& scheme) {
  const Json detail = daemon.call("GET", "/api/v3/toolkits/mock").body;
  std::vector<std::string> names;
  for (const Json& mode : detail["auth_config_details"]) {
    if (mode["mode"] != scheme) continue;
    for (const Json& field : mode["fields"]["connected_account_initiation"]["required"])
      names.push_back(field["name"]);
  }
  return names;
}

void require_works(LocalDaemon& daemon, const std::string& account, const std::string& scheme) {
  const Json view = daemon.call("GET", "/api/v3/connected_accounts/" + account).body;
  INFO(view.dump(1) << daemon.log_text());
  REQUIRE(view["status"] == "ACTIVE");
  CHECK(view["state"]["authScheme"] == scheme);
  const ApiAnswer answer = daemon.call("POST", "/api/v3/tools/execute/MOCK_WHOAMI",
                                       {{"connected_account_id", account}, {"arguments", Json::object()}});
  INFO(answer.body.dump(1));
  CHECK(answer.body["successful"] == true);
  CHECK(answer.body["data"]["email"] == kAlice);
}

const auto kSchemes = {"API_KEY",         "BEARER_TOKEN", "BASIC", "BASIC_WITH_JWT", "GOOGLE_SERVICE_ACCOUNT",
                       "SERVICE_ACCOUNT", "BILLCOM_AUTH", "SAML",  "CALCOM_AUTH",    "OAUTH1"};

Json connection_of(const std::string& scheme, Json val) {
  return {{"user_id", "user_1"}, {"state", {{"authScheme", scheme}, {"val", std::move(val)}}}};
}

}  // namespace

TEST_CASE("a tool runs with a credential of every scheme that a form asks for", "[flow]") {
  LocalDaemon daemon;
  for (const std::string scheme : kSchemes) {
    CAPTURE(scheme);
    const ApiAnswer link =
        daemon.call("POST", "/api/v3/connected_accounts/link",
                    {{"auth_config_id", config_for(daemon, scheme)}, {"user_id", "user_1"}});
    REQUIRE(link.status == 201);
    FormBrowser browser = daemon.browser();
    const BrowserPage page = browser.open(link.body["redirect_url"]);
    Fields entered;
    for (const std::string& name : needed_fields(daemon, scheme)) {
      INFO(page.html);
      CHECK(page.html.find("name=\"" + name + "\"") != std::string::npos);
      entered.emplace_back(name, *find_field(daemon.mock().credentials_of("mock", kAlice), name));
    }
    browser.submit(page, "Connect", entered);
    require_works(daemon, link.body["connected_account_id"], scheme);
  }
}

TEST_CASE("a tool runs with an imported credential of every scheme, and none is ever shown", "[flow]") {
  LocalDaemon daemon;
  const Fields all = daemon.mock().credentials_of("mock", kAlice);
  for (const std::string scheme : kSchemes) {
    CAPTURE(scheme);
    Json val = {{"status", "ACTIVE"}};
    for (const std::string& name : needed_fields(daemon, scheme)) val[name] = *find_field(all, name);
    const ApiAnswer made = daemon.call(
        "POST", "/api/v3/connected_accounts",
        {{"auth_config", {{"id", config_for(daemon, scheme)}}},
         {"connection", {{"user_id", "user_1"}, {"state", {{"authScheme", scheme}, {"val", val}}}}}});
    INFO(made.body.dump(1));
    REQUIRE(made.status == 201);
    require_works(daemon, made.body["id"], scheme);
    const std::string shown =
        daemon.call("GET", "/api/v3/connected_accounts/" + made.body["id"].get<std::string>()).body.dump();
    for (const auto& [name, value] : all) {
      if (!value.starts_with("mak_")) continue;
      CHECK(shown.find(value) == std::string::npos);
      CHECK(daemon.log_text().find(value) == std::string::npos);
    }
  }
}

TEST_CASE("a provider registers the client by which users of DCR_OAUTH sign in", "[flow]") {
  LocalDaemon daemon;
  const ApiAnswer link =
      daemon.call("POST", "/api/v3/connected_accounts/link",
                  {{"auth_config_id", config_for(daemon, "DCR_OAUTH")}, {"user_id", "user_1"}});
  REQUIRE(link.status == 201);
  FormBrowser browser = daemon.browser();
  browser.connect(link.body["redirect_url"], kAlice);
  const std::string account = link.body["connected_account_id"];
  require_works(daemon, account, "DCR_OAUTH");
  daemon.advance("2h");
  require_works(daemon, account, "DCR_OAUTH");
  CHECK(daemon.mock().refresh_count() >= 1);
}

TEST_CASE("an account of S2S_OAUTH2 renews its token by its client when it ends", "[flow]") {
  LocalDaemon daemon;
  const std::string config = config_for(daemon, "S2S_OAUTH2");
  const mock::MockClient client = daemon.mock().managed_client("mockidp");
  const ApiAnswer made =
      daemon.call("POST", "/api/v3/connected_accounts",
                  {{"auth_config", {{"id", config}}},
                   {"connection", connection_of("S2S_OAUTH2", {{"client_id", client.client_id},
                                                               {"client_secret", client.client_secret}})}});
  INFO(made.body.dump(1) << daemon.log_text());
  REQUIRE(made.status == 201);
  const std::string account = made.body["id"];
  const auto echo = [&] {
    return daemon.call("POST", "/api/v3/tools/execute/MOCK_ECHO",
                       {{"connected_account_id", account}, {"arguments", {{"message", "hello"}}}});
  };
  CHECK(echo().body["data"]["message"] == "hello");
  daemon.advance("5h");
  CHECK(daemon.status_of(account) == "ACTIVE");
  const ApiAnswer later = echo();
  INFO(later.body.dump(1));
  CHECK(later.body["successful"] == true);
}
