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

TEST_CASE("of two changes of an MCP server at once none is lost") {
  ApiWorld world;
  for (int round = 0; round < 20; ++round) {
    const Answer made = world.post("/mcp/servers", {{"name", "before"}, {"toolkits", {"tavily"}}});
    const std::string path = "/mcp/" + made["id"].get<std::string>();
    at_once(world.engine(), {[&] {
                               world.patch(path, {{"name", "after"}});
                             },
                             [&] {
                               world.patch(path, {{"toolkits", {"gmail"}}});
                             }});
    const Answer server = world.get(path);
    REQUIRE(server["name"] == "after");
    REQUIRE(server["toolkits"] == Json::array({"gmail"}));
  }
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
  refuse({{"custom_tools", {"SLACK_TEST_AUTH"}}}, "SLACK_TEST_AUTH");
  refuse({{"toolkits", Json::array()}, {"auth_config_ids", nullptr}, {"custom_tools", nullptr}}, "toolkits");
  require_error(world.get("/mcp/servers?page_no=0"), 400, "page_no");
  CHECK(world.get("/mcp/servers")["items"].empty());
}

TEST_CASE("tools of none of an MCP server's toolkits are refused by the member that the caller sent") {
  ApiWorld world;
  const std::string gmail = world.auth_config("gmail");
  const auto make = [&](const Json& body) { return world.post("/mcp/servers/custom", body); };
  const Json slack = {"SLACK_TEST_AUTH"};
  const Json mail = {{"name", "Mail"}, {"toolkits", {"gmail"}}};
  for (const char* member : {"custom_tools", "allowed_tools"}) {
    Json body = mail;
    body[member] = slack;
    require_error(make(body), 400, std::string("\"") + member + "\" names a tool");
  }
  const Answer made = make({{"name", "Search"}, {"custom_tools", {"TAVILY_TAVILY_SEARCH"}}});
  REQUIRE(made.status == 201);
  const auto change = [&](const Json& body) {
    return world.patch("/mcp/" + made["id"].get<std::string>(), body);
  };
  require_error(change({{"toolkits", {"gmail"}}}), 400, "\"toolkits\" leaves out");
  require_error(change({{"auth_config_ids", {gmail}}}), 400, "\"auth_config_ids\" leaves out");
}

TEST_CASE("an MCP server serves what is listed, and never all for want of a list") {
  ApiWorld world;
  const auto serves = [&](const std::string& id) {
    const Answer answer = world.send_raw(
        "POST", "/v3/mcp/" + id + "/mcp?user_id=u&manage_connections=false",
        {{"x-api-key", kApiKey}, {"content-type", "application/json"}, {"accept", "application/json"}},
        dump_json({{"jsonrpc", "2.0"}, {"id", 1}, {"method", "tools/list"}}));
    std::vector<std::string> names;
    for (const Json& tool : answer["result"].at("tools")) {
      const std::string name = tool.at("name");
      if (!name.starts_with("COMPOSIO_")) names.push_back(name);
    }
    return names;
  };
  const auto make = [&](const Json& body) {
    const Answer made = world.post("/mcp/servers/custom", body);
    CAPTURE(made.text);
    REQUIRE(made.status == 201);
    return made["id"].get<std::string>();
  };
  using Names = std::vector<std::string>;
  const std::string by_tool =
      make({{"name", "a"}, {"toolkits", Json::array()}, {"custom_tools", {"GMAIL_GET_PROFILE"}}});
  CHECK(serves(by_tool) == Names{"GMAIL_GET_PROFILE"});
  const std::string by_both =
      make({{"name", "b"}, {"toolkits", {"gmail", "slack"}}, {"custom_tools", {"GMAIL_GET_PROFILE"}}});
  CHECK(serves(by_both) == Names{"GMAIL_GET_PROFILE"});
  require_error(world.patch("/mcp/" + by_both, {{"toolkits", {"slack"}}}), 400, "GMAIL_GET_PROFILE");
  const std::string by_toolkit = make({{"name", "c"}, {"toolkits", {"tavily"}}});
  require_error(world.patch("/mcp/" + by_toolkit, {{"toolkits", Json::array()}}), 400, "toolkits");
  const Answer odd = world.send_raw("POST", "/v3/mcp/" + by_tool + "/mcp?user_id=u&manage_connections=nope",
                                    {{"x-api-key", kApiKey}, {"content-type", "application/json"}},
                                    dump_json({{"jsonrpc", "2.0"}, {"id", 1}, {"method", "tools/list"}}));
  require_error(odd, 400, "manage_connections");
}

TEST_CASE("a generated URL acts as its user with the server's choice as it is at the time") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  const std::string server = world.post("/mcp/servers/custom", server_body(world))["id"];
  const auto generate = [&](Json body) {
    body["mcp_server_id"] = server;
    return world.post("/mcp/servers/generate", body);
  };
  const std::string url = std::string(kPublicUrl) + "/v3/mcp/" + server + "/mcp";
  const Answer made = generate({{"user_ids", {"user_1", "b&c"}}, {"connected_account_ids", {account}}});
  CAPTURE(made.text);
  REQUIRE(made.status == 200);
  CHECK(made["mcp_url"] == url);
  CHECK(made["user_ids_url"] == Json::array({url + "?user_id=user_1", url + "?user_id=b%26c"}));
  CHECK(made["connected_account_urls"] == Json::array({url + "?connected_account_id=" + account}));
  CHECK(generate({{"user_ids", {"u"}}, {"managed_auth_by_composio", false}})["user_ids_url"] ==
        Json::array({url + "?user_id=u&manage_connections=false"}));
  require_error(generate({{"connected_account_ids", {"ca_unknown"}}}), 404, "ca_unknown");
  require_error(generate({{"user_ids", Json(51, "u")}}), 400, "user_ids");
  require_error(generate({{"user_ids", {std::string(257, 'x')}}}), 400, "user_ids");
  require_error(world.post("/mcp/servers/generate", {{"mcp_server_id", "none"}}), 404, "none");
}
