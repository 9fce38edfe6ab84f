#include "tests/unit/api/api_world.h"

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
