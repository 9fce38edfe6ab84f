#include "tests/unit/api/api_world.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

Json server_body(ApiWorld& world) {
  return {{"name", "Mail and search"},
          {"toolkits", {"gmail", "tavily"}},
          {"auth_config_ids", {world.auth_config("gmail")}},
          {"custom_tools", {"GMAIL_GET_PROFILE"}},
          {"managed_auth_via_composio", true}};
}

}  // namespace

TEST_CASE("an MCP server is made, listed, changed and deleted") {
  ApiWorld world;
  const Answer made = world.post("/mcp/servers/custom", server_body(world));
  CAPTURE(made.text);
  REQUIRE(made.status == 201);
  require_fields(made.body, {"id", "name", "allowed_tools", "auth_config_ids", "toolkits", "commands.claude",
                             "commands.cursor", "commands.windsurf", "mcp_url", "created_at", "updated_at",
                             "managed_auth_via_composio", "server_instance_count", "toolkit_icons"});
  const std::string path = "/mcp/" + made["id"].get<std::string>();
  CHECK(world.get(path).body == made.body);
  const Answer page = world.get("/mcp/servers?page_no=1&limit=10&toolkits=gmail&name=MAIL");
  REQUIRE(page["items"].size() == 1);
  CHECK(page["total_pages"] == 1);
  CHECK(page["current_page"] == 1);
  CHECK(world.get("/mcp/servers?toolkits=github")["items"].empty());
  CHECK(world.get("/mcp/servers?page_no=2")["items"].empty());
  const Answer changed = world.patch(path, {{"name", "Mail"}, {"toolkits", {"gmail"}}});
  CHECK(changed["name"] == "Mail");
  CHECK(changed["toolkits"] == Json::array({"gmail"}));
  CHECK(changed["allowed_tools"] == Json::array({"GMAIL_GET_PROFILE"}));
  CHECK(world.remove(path).body == Json({{"id", made["id"]}, {"deleted", true}}));
  require_error(world.get(path), 404, "MCP server");
  require_error(world.remove(path), 404, "MCP server");
}

TEST_CASE("an MCP server that cannot be is refused by the name of what is wrong") {
  ApiWorld world;
  const auto refuse = [&](const Json& change, const char* fragment) {
    Json body = server_body(world);
    body.update(change);
    require_error(world.post("/mcp/servers/custom", body), 400, fragment);
  };
  refuse({{"name", nullptr}}, "name");
  refuse({{"toolkits", {"nothing"}}}, "nothing");
  refuse({{"auth_config_ids", {"ac_unknown"}}}, "ac_unknown");
  refuse({{"custom_tools", {"NO_SUCH_TOOL"}}}, "NO_SUCH_TOOL");
  require_error(world.get("/mcp/servers?page_no=0"), 400, "page_no");
  CHECK(world.get("/mcp/servers")["items"].empty());
}

TEST_CASE("a generated URL is a session of the user with the server's choice") {
  ApiWorld world;
  const Json body = server_body(world);
  const std::string server = world.post("/mcp/servers/custom", body)["id"];
  const Answer made =
      world.post("/mcp/servers/generate", {{"mcp_server_id", server}, {"user_ids", {"user_1", "user_2"}}});
  CAPTURE(made.text);
  REQUIRE(made.status == 200);
  CHECK(made["connected_account_urls"].empty());
  REQUIRE(made["user_ids_url"].size() == 2);
  const std::string url = made["user_ids_url"][1];
  const std::string start = std::string(kPublicUrl) + "/tool_router/";
  REQUIRE(url.starts_with(start + "trs_"));
  REQUIRE(url.ends_with("/mcp"));
  const std::string session = url.substr(start.size(), url.size() - start.size() - 4);
  const Answer found = world.get("/tool_router/session/" + session);
  CHECK(found["config"].at("user_id") == "user_2");
  CHECK(found["config"].at("toolkits").at("enabled") == body.at("toolkits"));
  CHECK(found["config"].at("tools").at("gmail").at("enabled") == body.at("custom_tools"));
  CHECK(found["config"].at("auth_configs").at("gmail") == body.at("auth_config_ids")[0]);
}
