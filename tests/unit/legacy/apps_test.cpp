#include "tests/unit/legacy/legacy_world.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

// What the Python SDK refuses an app without.
void require_app(const Json& app) {
  CAPTURE(app.dump());
  for (const char* key : {"appId", "key", "name", "description"}) CHECK(app.at(key).is_string());
  CHECK(app.at("categories").is_array());
  CHECK(app.at("meta").is_object());
  CHECK(app.at("no_auth").is_boolean());
  CHECK(app.at("key") == to_lower(app.at("key").get<std::string>()));
  REQUIRE_FALSE(app.at("auth_schemes").empty());
  for (const Json& scheme : app.at("auth_schemes")) {
    CHECK(scheme.at("scheme_name").is_string());
    CHECK(scheme.at("mode") == scheme.at("auth_mode"));
    for (const Json& field : scheme.at("fields")) {
      for (const char* key : {"name", "description", "type"}) CHECK(field.at(key).is_string());
      CHECK(field.at("required").is_boolean());
      CHECK(field.at("expected_from_customer").is_boolean());
    }
  }
}

const Json& field_named(const Json& app, const std::string& name) {
  for (const Json& field : app.at("auth_schemes")[0].at("fields")) {
    if (field.at("name") == name) return field;
  }
  FAIL("no field " + name);
  return app;
}

}  // namespace

TEST_CASE("every app has what the first SDKs need of it") {
  LegacyWorld world;
  const Answer apps = world.call("GET", "/v1/apps?additionalFields=auth_schemes");
  REQUIRE(apps.status == 200);
  CHECK(apps["totalPages"] == 1);
  CHECK(apps["items"].size() == world.engine().catalog().toolkits().size());
  for (const Json& app : apps["items"]) require_app(app);
}

TEST_CASE("an app is found by its key in any case") {
  LegacyWorld world;
  const Answer app = world.call("GET", "/v1/apps/GMAIL");
  REQUIRE(app.status == 200);
  CHECK(app["key"] == "gmail");
  require_flat_error(world.call("GET", "/v1/apps/nope"), 404, "AppNotFoundError", "nope");
}

TEST_CASE("an app with a managed client says so and asks nobody for another") {
  LegacyWorld world;  // has one for gmail, none for github
  const Answer gmail = world.call("GET", "/v1/apps/gmail");
  REQUIRE(gmail["testConnectors"].size() == 1);
  CHECK(gmail["testConnectors"][0].at("authScheme") == "OAUTH2");
  CHECK(field_named(gmail.body, "client_id").at("required") == false);
  const Answer github = world.call("GET", "/v1/apps/github");
  CHECK(github["testConnectors"].empty());
  CHECK(field_named(github.body, "client_id").at("required") == true);
  CHECK(field_named(github.body, "client_id").at("expected_from_customer") == false);
  const Answer tavily = world.call("GET", "/v1/apps/tavily");
  CHECK(tavily["auth_schemes"][0].at("fields")[0].at("expected_from_customer") == true);
}

TEST_CASE("the same routes answer with and without /api") {
  LegacyWorld world;
  const HttpHeaders key = {{"x-api-key", kApiKey}};
  const Answer with = world.send_raw("GET", "/api/v1/apps", key, "");
  REQUIRE(with.status == 200);
  CHECK(world.send_raw("GET", "/v1/apps", key, "").text == with.text);
  // The Python SDK keeps the slash at the end of its base URL.
  CHECK(world.send_raw("GET", "/api//v1/apps", key, "").text == with.text);
}
