#include "tests/unit/legacy/legacy_world.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

// What the Python SDK refuses an account without, and what it filters by.
void require_account(const Json& account) {
  CAPTURE(account.dump());
  for (const char* key : {"id", "status", "createdAt", "updatedAt", "appUniqueId", "appName", "integrationId",
                          "clientUniqueUserId", "entityId"}) {
    CHECK(account.at(key).is_string());
  }
  CHECK(account.at("connectionParams").at("scope").is_string());
  CHECK(account.at("connectionParams").at("headers").is_object());
  CHECK(account.at("labels").empty());  // one labelled "primary" would win over every app's own
  const std::string created = account.at("createdAt");
  REQUIRE(created.size() == std::string("2026-11-22T10:00:00.000Z").size());
  CHECK(created[19] == '.');  // the newest account is told by its milliseconds
}

std::vector<std::string> listed(LegacyWorld& world, const std::string& query,
                                const std::string& source = "js_sdk") {
  return ids_of(world.call("GET", "/v1/connectedAccounts?" + query, nullptr, source));
}

std::string status_of(LegacyWorld& world, const std::string& account) {
  return world.call("GET", "/v1/connectedAccounts/" + account)["status"];
}

std::string integration_of(LegacyWorld& world, const std::string& app) {
  return world.call("POST", "/v1/integrations", {{"appId", app}, {"useComposioAuth", true}})["id"];
}

std::string marked_key() {
  return std::string("key-") + kSecretMark;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("an entity connects by a link that its account waits for") {
  LegacyWorld world;
  const Answer answer = world.initiate("GMAIL", "alice");
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  const Json& response = answer["connectionResponse"];
  CHECK(response.at("connectionStatus") == "INITIATED");
  CHECK(response.at("redirectUrl").get<std::string>().starts_with(std::string(kPublicUrl) + "/link/lk_"));
  CHECK(header_value(answer.headers, "cache-control") == "no-store");
  const std::string id = response.at("connectedAccountId");
  const Answer account = world.call("GET", "/v1/connectedAccounts/" + id);
  require_account(account.body);
  CHECK(account["status"] == "INITIATED");
  CHECK(account["appUniqueId"] == "gmail");
  CHECK(account["clientUniqueUserId"] == "alice");
  CHECK(account["connectionParams"].at("headers").empty());
}

TEST_CASE("a connection without an entity is the default entity's") {
  LegacyWorld world;
  const Answer answer =
      world.call("POST", "/v1/connectedAccounts",
                 {{"integrationId", integration_of(world, "gmail")}, {"data", Json::object()}});
  REQUIRE(answer.status == 200);
  CHECK(listed(world, "user_uuid=default") == Ids{answer["connectedAccountId"]});
}

TEST_CASE("an existing integration of the app is used before the managed one") {
  LegacyWorld world;
  const std::string own = world.custom_config("gmail", "OAUTH2");
  const std::string id = world.initiate("gmail", "alice")["connectionResponse"].at("connectedAccountId");
  CHECK(world.call("GET", "/v1/connectedAccounts/" + id)["integrationId"] == own);
}

TEST_CASE("an own OAuth app given when connecting is the one that is used") {
  LegacyWorld world;
  const Json secrets = {{"client_id", "mine"}, {"client_secret", std::string("own-") + kSecretMark}};
  const Json body = {{"app", {{"uniqueKey", "github"}}},
                     {"config", {{"authScheme", "OAUTH2"}, {"integrationSecrets", secrets}}},
                     {"connection", {{"entityId", "alice"}}}};
  const Answer answer = world.call("POST", "/v2/connectedAccounts/initiateConnection", body);
  REQUIRE(answer.status == 200);
  const Answer made = world.call("GET", "/v1/integrations?appName=github");
  REQUIRE(made["items"].size() == 1);
  CHECK(made["items"][0].at("authConfig").at("client_id") == "mine");
}

TEST_CASE("a key given when connecting makes the account ACTIVE at once") {
  LegacyWorld world;
  const std::string id = world.keyed_account("alice");
  const Answer account = world.call("GET", "/v1/connectedAccounts/" + id);
  require_account(account.body);
  CHECK(account["status"] == "ACTIVE");
  // The Python SDK reads it unguarded.
  CHECK(account["connectionParams"].at("headers").at("Authorization").is_string());
}

TEST_CASE("the data that a connection request waits for completes that very account") {
  LegacyWorld world;
  const Answer started = world.initiate("tavily", "alice");
  const std::string waiting = started["connectionResponse"].at("connectedAccountId");
  const std::string integration = world.call("GET", "/v1/connectedAccounts/" + waiting)["integrationId"];
  const Answer saved = world.call("POST", "/v1/connectedAccounts",
                                  {{"integrationId", integration},
                                   {"userUuid", "alice"},
                                   {"data", {{"generic_api_key", marked_key()}}},
                                   {"redirectUri", nullptr}});
  CAPTURE(saved.text);
  REQUIRE(saved.status == 200);
  CHECK(saved["connectedAccountId"] == waiting);
  CHECK(saved["redirectUrl"].is_null());
  CHECK(status_of(world, waiting) == "ACTIVE");
}

TEST_CASE("an account is connected again under its own id") {
  LegacyWorld world;
  const std::string id = world.keyed_account("alice");
  const Answer again = world.call("POST", "/v1/connectedAccounts/" + id + "/reinitiate",
                                  {{"data", Json::object()}, {"redirectUri", "https://app.example/done"}});
  CAPTURE(again.text);
  REQUIRE(again.status == 200);
  CHECK(again["connectedAccountId"] == id);
  CHECK(again["redirectUrl"].is_string());
  CHECK(again["connectionStatus"] == "ACTIVE");  // until the user comes back
  const Answer given = world.call("POST", "/v1/connectedAccounts/" + id + "/reinitiate",
                                  {{"data", {{"generic_api_key", marked_key()}}}});
  CHECK(given["connectedAccountId"] == id);
  CHECK(given["redirectUrl"].is_null());
}

TEST_CASE("accounts are listed by entity, app, integration, id and status") {
  LegacyWorld world;
  const std::string alice = world.keyed_account("alice");
  const std::string bob = world.keyed_account("bob");
  const std::string waiting = world.initiate("gmail", "alice")["connectionResponse"].at("connectedAccountId");
  CHECK(listed(world, "pageSize=99999999").size() == 3);
  CHECK(listed(world, "user_uuid=bob") == Ids{bob});
  CHECK(listed(world, "entityId=bob") == Ids{bob});
  CHECK(listed(world, "user_uuid=alice&showActiveOnly=true") == Ids{alice});
  CHECK(listed(world, "user_uuid=alice&status=INITIATED") == Ids{waiting});
  CHECK(listed(world, "appNames=GMAIL&appUniqueKeys%5B%5D=GMAIL") == Ids{waiting});
  CHECK(listed(world, "connectionId=" + bob) == Ids{bob});
  CHECK(listed(world, "user_uuid=carol").empty());
  const std::string integration = world.call("GET", "/v1/connectedAccounts/" + waiting)["integrationId"];
  CHECK(listed(world, "integrationId=" + integration) == Ids{waiting});
  const Answer page = world.call("GET", "/v1/connectedAccounts?pageSize=2&page=2");
  CHECK(page["items"].size() == 1);
  CHECK(page["totalPages"] == 2);
  CHECK(page["page"] == 2);
  for (const Json& item : page["items"]) require_account(item);
}

TEST_CASE("a comma in an entity's id shows no other entity's accounts") {
  LegacyWorld world;
  const std::string alice = world.keyed_account("alice");
  const std::string bob = world.keyed_account("bob");
  CHECK(listed(world, "user_uuid=alice%2Cbob").empty());
  CHECK(listed(world, "user_uuid=alice%2Cbob", "python_sdk").size() == 2);
  const std::string both = world.keyed_account("alice,bob");
  CHECK(listed(world, "user_uuid=alice%2Cbob") == Ids{both});
}

TEST_CASE("an entity without a name is nobody, and not everybody") {
  LegacyWorld world;
  world.keyed_account("alice");
  for (const char* query : {"user_uuid=", "entityId=", "user_uuid=&entityId=alice"}) {
    CAPTURE(query);
    CHECK(world.call("GET", "/v1/connectedAccounts?" + std::string(query)).status == 400);
  }
}

TEST_CASE("a disabled account is hidden and cannot act until it is enabled") {
  LegacyWorld world;
  const std::string id = world.keyed_account("alice");
  const std::string path = "/v1/connectedAccounts/" + id;
  CHECK(world.call("POST", path + "/disable")["status"] == "success");
  CHECK(listed(world, "user_uuid=alice").empty());
  CHECK(listed(world, "user_uuid=alice&showDisabled=true") == Ids{id});
  const Answer account = world.call("GET", path);
  CHECK(account["status"] == "EXPIRED");
  CHECK(account["isDisabled"] == true);
  CHECK(account["enabled"] == false);
  const Json input = {{"connectedAccountId", id}, {"input", {{"query", "x"}}}};
  require_flat_error(world.call("POST", "/v2/actions/TAVILY_TAVILY_SEARCH/execute", input), 400,
                     "BadRequestError", "INACTIVE");
  CHECK(world.call("POST", path + "/enable")["status"] == "success");
  CHECK(status_of(world, id) == "ACTIVE");
}

TEST_CASE("the application that switched an account off may connect it again") {
  LegacyWorld world;
  const std::string id = world.keyed_account("alice");
  const std::string path = "/v1/connectedAccounts/" + id;
  REQUIRE(world.call("POST", path + "/disable")["status"] == "success");
  const Answer again = world.call("POST", path + "/reinitiate", {{"data", Json::object()}});
  REQUIRE(again.status == 200);
  CHECK(again["connectedAccountId"] == id);
  CHECK(again["redirectUrl"].is_string());
  CHECK(status_of(world, id) == "INITIATED");
}

TEST_CASE("what requests carry is told without the credential") {
  LegacyWorld world;
  const std::string id = world.oauth_account("alice");
  const Answer info = world.call("GET", "/v1/connectedAccounts/" + id + "/info");
  REQUIRE(info.status == 200);
  CHECK(info["base_url"].is_string());
  REQUIRE(info["parameters"].size() == 1);
  CHECK(info["parameters"][0] == Json{{"in", "header"}, {"name", "Authorization"}, {"value", "REDACTED"}});
}

TEST_CASE("a deleted account is absent") {
  LegacyWorld world;
  const std::string id = world.keyed_account("alice");
  const Answer deleted = world.call("DELETE", "/v1/connectedAccounts/" + id);
  CHECK(deleted["status"] == "success");
  CHECK(deleted["count"] == 1);
  require_flat_error(world.call("GET", "/v1/connectedAccounts/" + id), 404, "ConnectedAccountNotFoundError",
                     id);
}
