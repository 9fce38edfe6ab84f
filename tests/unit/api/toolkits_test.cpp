#include "tests/unit/api/api_world.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

TEST_CASE("the list of toolkits has what SDKs need of each") {
  ApiWorld world;
  const Answer page = world.get("/toolkits?limit=1000");
  require_page(page, world.engine().catalog().toolkits().size());
  for (const Json& item : page["items"]) {
    require_fields(item,
                   {"slug", "name", "type", "is_local_toolkit", "no_auth", "auth_schemes",
                    "composio_managed_auth_schemes", "deprecated.toolkitId", "meta.description", "meta.logo",
                    "meta.created_at", "meta.updated_at", "meta.tools_count", "meta.triggers_count",
                    "meta.version", "meta.categories.0.id", "meta.categories.0.name"});
  }
}

TEST_CASE("a toolkit tells its ways of authenticating and what each asks for") {
  ApiWorld world;
  const Answer detail = world.get("/toolkits/mock");
  REQUIRE(detail.status == 200);
  require_fields(detail.body,
                 {"slug", "name", "type", "is_local_toolkit", "enabled", "meta.categories.0.slug",
                  "meta.categories.0.name", "meta.available_versions.0", "auth_config_details.0.name"});
  std::vector<std::string> modes;
  for (const Json& mode : detail["auth_config_details"]) {
    modes.push_back(mode.at("mode"));
    for (const char* part : {"auth_config_creation", "connected_account_initiation"}) {
      const Json& fields = mode.at("fields").at(part);
      for (const char* list : {"required", "optional"}) {
        REQUIRE(fields.at(list).is_array());
        for (const Json& field : fields.at(list)) {
          require_fields(field, {"name", "displayName", "description", "type"});
          CHECK(field.at("required").is_boolean());
        }
      }
    }
  }
  CHECK(modes == std::vector<std::string>{"OAUTH2", "API_KEY", "BEARER_TOKEN", "BASIC", "BASIC_WITH_JWT",
                                          "GOOGLE_SERVICE_ACCOUNT", "SERVICE_ACCOUNT", "BILLCOM_AUTH", "SAML",
                                          "CALCOM_AUTH", "OAUTH1", "DCR_OAUTH", "S2S_OAUTH2"});
  const Json& oauth = detail["auth_config_details"][0].at("fields").at("auth_config_creation").at("required");
  REQUIRE(oauth.size() == 2);
  CHECK(oauth[0].at("name") == "client_id");
  CHECK(oauth[1].at("name") == "client_secret");
  const Json& api_key =
      detail["auth_config_details"][1].at("fields").at("connected_account_initiation").at("required");
  REQUIRE(api_key.size() == 1);
  CHECK(api_key[0].at("name") == "generic_api_key");
}

TEST_CASE("a toolkit is found by its slug in any case, and an unknown one is absent") {
  ApiWorld world;
  CHECK(world.get("/toolkits/GMAIL")["slug"] == "gmail");
  require_error(world.get("/toolkits/nothing"), 404, "nothing");
}

TEST_CASE("managed auth is shown only where a client or a key scheme allows it") {
  ApiWorld world({.managed = {}});
  CHECK(world.get("/toolkits/gmail")["composio_managed_auth_schemes"].empty());
  CHECK(world.get("/toolkits/tavily")["composio_managed_auth_schemes"] == Json::array({"API_KEY"}));
  CHECK_FALSE(contains(ids_of(world.get("/toolkits?managed_by=composio&limit=100"), "slug"), "gmail"));
  CHECK(contains(ids_of(world.get("/toolkits?managed_by=project&limit=100"), "slug"), "gmail"));

  ApiWorld with_client;
  CHECK(with_client.get("/toolkits/gmail")["composio_managed_auth_schemes"] == Json::array({"OAUTH2"}));
  CHECK(with_client.get("/toolkits/gmail")["composio_managed_auth"][0].at("mode") == "OAUTH2");
}

TEST_CASE("toolkits are filtered by category and words") {
  ApiWorld world;
  CHECK(ids_of(world.get("/toolkits?category=email"), "slug") == std::vector<std::string>{"gmail"});
  CHECK(contains(ids_of(world.get("/toolkits?search=GMAIL"), "slug"), "gmail"));
  require_page(world.get("/toolkits?search=no-such-word"), 0);
  require_page(world.get("/toolkits?type=custom"), 0);
  require_error(world.get("/toolkits?sort_by=colour"), 400, "sort_by");
}

TEST_CASE("walking the cursors meets every toolkit once") {
  ApiWorld world;
  std::vector<std::string> seen;
  std::string path = "/toolkits?limit=2";
  for (int pages = 0; pages < 100 && !path.empty(); ++pages) {
    const Answer page = world.get(path);
    for (const std::string& slug : ids_of(page, "slug")) seen.push_back(slug);
    path = page["next_cursor"].is_null()
               ? ""
               : "/toolkits?limit=2&cursor=" + page["next_cursor"].get<std::string>();
  }
  std::vector<std::string> all;
  for (const Toolkit& toolkit : world.engine().catalog().toolkits()) all.push_back(toolkit.slug);
  CHECK(seen == all);
}

TEST_CASE("categories are listed once each") {
  ApiWorld world;
  const Answer page = world.get("/toolkits/categories?limit=100");
  REQUIRE(page.status == 200);
  for (const Json& item : page["items"]) require_fields(item, {"id", "name"});
  const std::vector<std::string> ids = ids_of(page);
  CHECK(std::count(ids.begin(), ids.end(), "email") == 1);
}

TEST_CASE("both versions of the path lead to the same answer") {
  ApiWorld world;
  const HttpHeaders headers = {{"x-api-key", kApiKey}};
  CHECK(world.send_raw("GET", "/api/v3/toolkits/gmail", headers, "").text ==
        world.send_raw("GET", "/api/v3.1/toolkits/gmail", headers, "").text);
}

TEST_CASE("toolkits are listed by their slugs") {
  ApiWorld world;
  const Answer page = world.post("/toolkits/multi", {{"toolkits", {"GMAIL", "tavily", "nothing"}}});
  require_page(page, 2);
  CHECK(ids_of(page, "slug") == std::vector<std::string>{"gmail", "tavily"});
  require_error(world.post("/toolkits/multi", {{"toolkits", 5}}), 400, "toolkits");
  require_error(world.post("/toolkits/multi", Json::object()), 400, "toolkits");
  require_page(world.post("/toolkits/multi", {{"toolkits", Json::array()}}), 0);
}

TEST_CASE("the changelog is an empty page") {
  ApiWorld world;
  require_page(world.get("/toolkits/changelog"), 0);
}
