#include "tests/unit/api/api_world.h"
#include "vault/api/pages/pages.h"

using namespace coffer;
using namespace coffer::api::testing;

TEST_CASE("the masking switch is stored and answered, and changes no mask") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  const Json before = world.get("/connected_accounts/" + account)["state"];
  require_fields(world.get("/org/project/config").body,
                 {"is_2FA_enabled", "mask_secret_keys_in_connected_account", "log_visibility_setting",
                  "require_mcp_api_key", "logo_url", "display_name"});
  const Answer changed = world.patch(
      "/org/project/config", {{"mask_secret_keys_in_connected_account", false}, {"display_name", "Mine"}});
  REQUIRE(changed.status == 200);
  CHECK(changed["mask_secret_keys_in_connected_account"] == false);
  CHECK(world.get("/org/project/config").body == changed.body);
  CHECK(world.patch("/org/project/config", Json::object()).body == changed.body);
  CHECK(world.get("/connected_accounts/" + account)["state"] == before);
}

TEST_CASE("the Connect page calls the application by the project's display name") {
  ApiWorld world;
  REQUIRE(world.patch("/org/project/config", {{"display_name", "Mine"}}).status == 200);
  const Answer link = world.post("/connected_accounts/link",
                                 {{"auth_config_id", world.auth_config("gmail")}, {"user_id", "user_1"}});
  Router pages;
  api::add_page_routes(pages, world.engine());
  ServerRequest request;
  request.method = "GET";
  request.path = "/link/" + link["link_token"].get<std::string>();
  request.headers = {{"Host", "127.0.0.1:9900"}};
  CHECK(pages.handle(request).body.find("<dd>Mine at 127.0.0.1:9900</dd>") != std::string::npos);
}

TEST_CASE("a project may refuse the older create for managed OAuth, and for nothing else") {
  ApiWorld world;
  const auto create = [&](const std::string& config) {
    return world.post("/connected_accounts",
                      {{"auth_config", {{"id", config}}}, {"connection", {{"user_id", "user_1"}}}});
  };
  const std::string managed = world.auth_config("gmail");
  const Json own = {{"toolkit", {{"slug", "gmail"}}},
                    {"auth_config",
                     {{"type", "use_custom_auth"},
                      {"authScheme", "OAUTH2"},
                      {"credentials", {{"client_id", "own"}, {"client_secret", "own-secret"}}}}}};
  const std::string custom = world.post("/auth_configs", own)["auth_config"].at("id");
  CHECK(create(managed).status == 201);
  CHECK(world.patch("/org/project/config", {{"refuse_managed_oauth_create", true}}).status == 200);
  const Answer refused = create(managed);
  require_error(refused, 400, "no longer supported");
  require_error(refused, 400, "/api/v3/connected_accounts/link");
  CHECK(create(custom).status == 201);
  CHECK(world.post("/connected_accounts/link", {{"auth_config_id", managed}, {"user_id", "u"}}).status ==
        201);
  world.patch("/org/project/config", {{"refuse_managed_oauth_create", false}});
  CHECK(create(managed).status == 201);
}

TEST_CASE("settings that nothing would keep are refused") {
  ApiWorld world;
  require_error(world.patch("/org/project/config", {{"is_2FA_enabled", true}}), 501, "is_2FA_enabled");
  require_error(world.patch("/org/project/config", {{"require_mcp_api_key", false}}), 501,
                "require_mcp_api_key");
  require_error(world.patch("/org/project/config", {{"log_visibility_setting", "all"}}), 400,
                "log_visibility_setting");
  require_error(world.patch("/org/project/config", {{"logo_url", 5}}), 400, "logo_url");
}

TEST_CASE("the caller is told its project") {
  ApiWorld world;
  const Answer answer = world.get("/auth/session/info");
  REQUIRE(answer.status == 200);
  CHECK(answer["project"].at("id") == world.engine().project_id());
  CHECK(answer["project"].at("org").at("id") == world.engine().organization_id());
}

TEST_CASE("there are no triggers, and every name of one is unknown") {
  ApiWorld world;
  require_page(world.get("/trigger_instances/active?trigger_names=X&show_disabled=true&limit=5"), 0);
  require_page(world.get("/triggers_types?toolkit_slugs=gmail"), 0);
  CHECK(world.get("/triggers_types/list/enum").body == Json::array());
  require_error(world.get("/triggers_types/GMAIL_NEW_MESSAGE?toolkit_versions=latest"), 400,
                "GMAIL_NEW_MESSAGE");
  require_error(world.post("/trigger_instances/GMAIL_NEW_MESSAGE/upsert", {{"user_id", "user_1"}}), 400,
                "GMAIL_NEW_MESSAGE");
  require_error(world.patch("/trigger_instances/manage/ti_1", {{"status", "disable"}}), 404, "ti_1");
  require_error(world.remove("/trigger_instances/manage/ti_1"), 404, "ti_1");
}
