#include "tests/unit/legacy/legacy_world.h"
#include "vault/store/auth_config_store.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

// What the Python SDK refuses an integration without.
void require_integration(const Json& integration) {
  CAPTURE(integration.dump());
  for (const char* key : {"id", "name", "authScheme", "createdAt", "updatedAt", "appId", "appName"}) {
    CHECK(integration.at(key).is_string());
  }
  CHECK(integration.at("enabled").is_boolean());
  CHECK(integration.at("deleted") == false);
  for (const Json& field : integration.at("expectedInputFields")) {
    for (const char* key : {"name", "type", "description", "displayName", "display_name"}) {
      CHECK(field.at(key).is_string());
    }
  }
}

Json own_client(const std::string& id = "own-client") {
  return {{"client_id", id}, {"client_secret", std::string("own-") + kSecretMark}};
}

Answer create(LegacyWorld& world, const Json& body) {
  const Answer answer = world.call("POST", "/v1/integrations", body);
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  require_integration(answer.body);
  return answer;
}

std::string make(LegacyWorld& world, const std::string& path, const Json& config) {
  const Answer answer = world.call("POST", "/v2/integrations/" + path,
                                   {{"app", {{"uniqueKey", "github"}}}, {"config", config}});
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  CHECK(answer["authScheme"] == "OAUTH2");
  return answer["integrationId"];
}

}  // namespace

TEST_CASE("the Python SDK's integration for each connection is one and the same") {
  LegacyWorld world;
  const auto ask = [&](const std::string& name) {
    return create(world, {{"appId", "gmail"}, {"useComposioAuth", true}, {"name", name}});
  };
  const Answer first = ask("GMAIL_20261101120000");
  CHECK(first["useComposioAuth"] == true);
  CHECK(first["authScheme"] == "OAUTH2");
  CHECK(first["expectedInputFields"].empty());
  const Answer second = ask("GMAIL_20261101130000");
  CHECK(second["id"] == first["id"]);
  CHECK(second["name"] == first["name"]);
  CHECK(world.call("GET", "/v1/integrations?pageSize=999&showDisabled=false")["items"].size() == 1);
}

TEST_CASE("an own OAuth app is found again by its client, unless a new one is demanded") {
  LegacyWorld world;
  const Json body = {{"appId", "github"},
                     {"useComposioAuth", false},
                     {"name", "own"},
                     {"authScheme", "OAUTH2"},
                     {"authConfig", own_client()}};
  const Answer first = create(world, body);
  CHECK(first["useComposioAuth"] == false);
  CHECK(first["authConfig"].at("client_id") == "own-client");
  CHECK(create(world, body)["id"] == first["id"]);
  Json other = body;
  other["authConfig"] = own_client("another-client");
  CHECK(create(world, other)["id"] != first["id"]);
  Json other_secret = body;
  other_secret["authConfig"]["client_secret"] = std::string("new-") + kSecretMark;
  CHECK(create(world, other_secret)["id"] != first["id"]);
  Json forced = body;
  forced["forceNewIntegration"] = true;
  CHECK(create(world, forced)["id"] != first["id"]);
}

TEST_CASE("the JavaScript SDK's create makes a new one and get-or-create an equal one") {
  LegacyWorld world;
  const Json config = {{"name", "own"}, {"authScheme", "OAUTH2"}, {"integrationSecrets", own_client()}};
  const std::string first = make(world, "create", config);
  CHECK(make(world, "get-or-create", config) == first);
  CHECK(make(world, "create", config) != first);
  require_integration(world.call("GET", "/v1/integrations/" + first).body);
}

TEST_CASE("an app without a client of anybody cannot be integrated") {
  LegacyWorld world;
  require_flat_error(world.call("POST", "/v1/integrations", {{"appId", "github"}, {"useComposioAuth", true}}),
                     400, "BadRequestError", "github");
  require_flat_error(world.call("POST", "/v1/integrations", {{"appId", "nope"}}), 404, "NotFoundError",
                     "nope");
  require_flat_error(world.call("POST", "/v1/integrations", {{"appId", "github"}, {"authScheme", "API_KEY"}}),
                     400, "BadRequestError", "authScheme");
}

TEST_CASE("an integration of an app with keys lists what the user has to give") {
  LegacyWorld world;
  const Answer made = create(world, {{"appId", "tavily"}, {"authScheme", "API_KEY"}, {"name", "t"}});
  REQUIRE(made["expectedInputFields"].size() == 1);
  const Json& field = made["expectedInputFields"][0];
  CHECK(field.at("required") == true);
  CHECK(field.at("is_secret") == true);
  CHECK(field.at("expected_from_customer") == true);
}

TEST_CASE("integrations are listed by app, changed, disabled and deleted") {
  LegacyWorld world;
  const std::string id = create(world, {{"appId", "gmail"}, {"useComposioAuth", true}})["id"];
  const auto listed = [&](const std::string& query) {
    return ids_of(world.call("GET", "/v1/integrations?" + query));
  };
  CHECK(listed("appName=GMAIL") == std::vector<std::string>{id});
  CHECK(listed("appId=gmail") == std::vector<std::string>{id});
  CHECK(listed("appName=tavily").empty());
  CHECK(world.call("PATCH", "/v1/integrations/" + id, {{"enabled", false}})["enabled"] == false);
  CHECK(listed("").empty());
  CHECK(listed("showDisabled=true") == std::vector<std::string>{id});
  const Answer deleted = world.call("DELETE", "/v1/integrations/" + id);
  CHECK(deleted["status"] == "success");
  CHECK(deleted["count"] == 1);
  require_flat_error(world.call("GET", "/v1/integrations/" + id), 404, "NotFoundError", id);
}

TEST_CASE("an own client is refused by name where the scheme takes none, and nothing is left behind") {
  LegacyWorld world;
  const auto [scheme, fragment] =
      GENERATE(table<Json, std::string>({{"BASIC", "BASIC of toolkit \"zendesk\""}, {nullptr, "OAUTH2"}}));
  CAPTURE(fragment);
  const Json app = {{"uniqueKey", "zendesk"}};
  const Json config = {{"name", "z"}, {"authScheme", scheme}, {"integrationSecrets", own_client()}};
  const auto refused = [&](const std::string& path, const Json& body) {
    require_flat_error(world.call("POST", path, body), 400, "BadRequestError", fragment);
  };
  refused("/v2/connectedAccounts/initiateConnection",
          {{"app", app},
           {"config", config},
           {"connection", {{"entityId", "user_1"}, {"initiateData", Json::object()}}}});
  refused("/v1/integrations", {{"appId", "zendesk"}, {"authScheme", scheme}, {"authConfig", own_client()}});
  refused("/v2/integrations/create", {{"app", app}, {"config", config}});
  CHECK(world.call("GET", "/v1/integrations?showDisabled=true")["items"].empty());
}

TEST_CASE("an integration of a scheme that its app has no longer is not chosen for others") {
  LegacyWorld world;
  AuthConfig stray;
  stray.id = AuthConfigId("ac_AAAAAAAAAAAA");
  stray.toolkit = "zendesk";
  stray.name = "stray";
  stray.scheme = AuthScheme::OAuth2;
  {
    const auto tx = world.engine().database().write();
    auth_config_store::insert(*tx, stray, Secret("x"));
    tx->commit();
  }
  const Answer started = world.initiate("zendesk", "user_1", {{"subdomain", "acme"}});
  CAPTURE(started.text);
  CHECK(started.status == 200);
}

TEST_CASE("a change of an integration that is refused has changed nothing") {
  LegacyWorld world;
  const std::string id =
      make(world, "create", {{"authScheme", "OAUTH2"}, {"integrationSecrets", own_client()}});
  require_flat_error(world.call("PATCH", "/v1/integrations/" + id,
                                {{"authConfig", {{"client_id", "changed"}}}, {"enabled", "nope"}}),
                     400, "BadRequestError", "enabled");
  CHECK(world.call("GET", "/v1/integrations/" + id)["authConfig"].at("client_id") == "own-client");
}

TEST_CASE("a user's own key in the place of an OAuth client is refused, not dropped") {
  LegacyWorld world;
  const Json key = {{"generic_api_key", kSecretMark}};
  require_flat_error(world.call("POST", "/v1/integrations",
                                {{"appId", "tavily"}, {"authScheme", "API_KEY"}, {"authConfig", key}}),
                     400, "BadRequestError", "generic_api_key");
}
