#include "tests/unit/api/api_world.h"
#include "vault/store/audit_log.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

struct Thing {
  std::string what;
  std::string path;
  std::string edit;  // behind the vault's back
};

Thing a_session(ApiWorld& world) {
  const std::string id = world.session("user_1");
  return {"session " + id, "/tool_router/session/" + id, "UPDATE session SET config_version = 9"};
}

Thing an_mcp_server(ApiWorld& world) {
  const Answer made = world.post("/mcp/servers/custom", {{"name", "Mail"}, {"toolkits", {"gmail"}}});
  CAPTURE(made.text);
  REQUIRE(made.status == 201);
  const auto id = made["id"].get<std::string>();
  return {"MCP server " + id, "/mcp/" + id, "UPDATE document SET created_at_ms = 9 WHERE id = '" + id + "'"};
}

Thing an_auth_config(ApiWorld& world) {
  const std::string id = world.custom_config("tavily", "API_KEY");
  return {"auth config " + id, "/auth_configs/" + id,
          "UPDATE auth_config SET is_enabled = 0 WHERE id = '" + id + "'"};
}

Thing a_subscription(ApiWorld& world) {
  const Answer made =
      world.post("/webhook_subscriptions", {{"webhook_url", "https://app.example.com/hook"},
                                            {"enabled_events", {"composio.connected_account.expired"}}});
  CAPTURE(made.text);
  REQUIRE(made.status == 201);
  const auto id = made["id"].get<std::string>();
  return {"webhook subscription " + id, "/webhook_subscriptions/" + id,
          "UPDATE subscription SET updated_at_ms = 1"};
}

}  // namespace

TEST_CASE("what was changed in the file can be deleted and nothing else, and the audit log says so") {
  ApiWorld world;
  const auto make = GENERATE(a_session, an_mcp_server, an_auth_config, a_subscription);
  const Thing thing = make(world);
  CAPTURE(thing.what);
  world.edit(thing.edit);
  CHECK(world.get(thing.path).status == 500);
  CHECK(world.patch(thing.path, Json::object()).status >= 400);
  world.outside().log_text.clear();
  CHECK(world.remove(thing.path).status == 200);
  CHECK(world.outside().log_text.find("tampered_row") != std::string::npos);
  CHECK(world.get(thing.path).status == 404);
  CHECK(world.remove(thing.path).status == 404);
  CHECK(world.engine().database().check().empty());
  const auto entries = audit_log::list(*world.engine().database().read(), ConnectionId(), 1);
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].action == "deleted");
  CHECK(entries[0].detail == thing.what + " failed authentication");
}

TEST_CASE("the accounts of an auth config that was changed in the file are switched off with it") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  const std::string config = world.auth_config("gmail");
  world.edit("UPDATE auth_config SET name = 'other' WHERE id = '" + config + "'");
  CHECK(world.remove("/auth_configs/" + config).status == 200);
  CHECK(world.get("/connected_accounts/" + account)["status"] == "INACTIVE");
}
