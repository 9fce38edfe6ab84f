// Whose tools an MCP URL without a session serves.
#include "tests/unit/api/mcp_calls.h"

using namespace coffer;
using namespace coffer::api::testing;

TEST_CASE("a user has a default session with every toolkit at /mcp") {
  ApiWorld world;
  world.oauth_account("user_1");
  answer_profile(world);
  const auto at = [&](const std::string& target, const Json& message) {
    return post(world, target, message);
  };
  const Json listed = result_of(at("/mcp?user_id=user_1", rpc("tools/list"))).at("tools");
  const std::string whole = world.session("user_1", {{"preload", {{"tools", "all"}}}});
  const Json in_session = result_of(legacy(world, whole, "tools/list")).at("tools");
  CHECK(listed == in_session);
  CHECK(result_of(at("/mcp?user_id=user_1", rpc("tools/call", kProfile))).at("isError") == false);
  CHECK(result_of(at("/mcp?user_id=user_2", rpc("tools/call", kProfile))).at("isError") == true);
  require_error(at("/mcp", rpc("ping")), 400, "user_id");
  require_error(at("/mcp?user_id=" + std::string(257, 'x'), rpc("ping")), 400, "user_id");
}

TEST_CASE("the default session acts by the account that its URL names, and without prompts if it says so") {
  ApiWorld world;
  const std::string first = world.oauth_account("user_1", "first");
  world.outside().clock.advance(std::chrono::seconds(1));
  world.oauth_account("user_1", "second");
  const auto connected = [&](const std::string& query) {
    const Json call = {{"name", "COMPOSIO_MANAGE_CONNECTIONS"}, {"arguments", {{"toolkits", {"gmail"}}}}};
    const Json told = told_by(result_of(post(world, "/mcp?" + query, rpc("tools/call", call))));
    return told.at("data").at("results").at("gmail").at("connected_account_id");
  };
  CHECK(connected("user_id=user_1") != first);
  CHECK(connected("user_id=user_1&connected_account_id=" + first) == first);
  CHECK(connected("connected_account_id=" + first) == first);
  CHECK_FALSE(listed_names(world, "/mcp?user_id=user_1&manage_connections=false")
                  .contains("COMPOSIO_MANAGE_CONNECTIONS"));
}

TEST_CASE("a URL for MCP that says something twice is refused, for it says whose tools these are") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  const std::string id = world.post("/mcp/servers/custom", {{"name", "Mail"}, {"toolkits", {"gmail"}}})["id"];
  for (const std::string& path : {std::string("/mcp"), "/v3/mcp/" + id, "/v3/mcp/" + id + "/mcp"}) {
    const auto refuse = [&](const std::string& query, const char* name) {
      require_error(post(world, path + "?" + query, rpc("ping")), 400, std::string("\"") + name + "\"");
    };
    refuse("user_id=user_1&user_id=user_2", "user_id");
    refuse("user_id=user_1&user_id=user_1", "user_id");
    refuse("user_id=user_1&user_id[]=user_2", "user_id");
    refuse("connected_account_id=" + account + "&connected_account_id=ca_x", "connected_account_id");
    refuse("user_id=user_1&manage_connections=true&manage_connections=false", "manage_connections");
  }
}

TEST_CASE("an MCP URL tells another user's account from an absent one in no word") {
  ApiWorld world;
  const std::string foreign = world.oauth_account("user_2");
  const std::string id = world.post("/mcp/servers/custom", {{"name", "Mail"}, {"toolkits", {"gmail"}}})["id"];
  for (const std::string& path : {std::string("/mcp"), "/v3/mcp/" + id + "/mcp"}) {
    const auto refusal = [&](const std::string& account) {
      const Answer answer =
          post(world, path + "?user_id=user_1&connected_account_id=" + account, rpc("ping"));
      require_error(answer, 404, account);
      std::string text = answer.text;
      return text.replace(text.find(account), account.size(), "ID");
    };
    CHECK(refusal(foreign) == refusal("ca_AAAAAAAAAAAA"));
  }
}

TEST_CASE("an MCP server serves its choice of tools, to the user of the URL") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  const Json made = world.post("/mcp/servers/custom", {{"name", "Mail"}, {"toolkits", {"gmail"}}}).body;
  const std::string path = "/v3/mcp/" + made.at("id").get<std::string>();
  CHECK(made.at("mcp_url") == std::string(kPublicUrl) + path + "/mcp");
  const auto is_error = [&](const std::string& target) {
    answer_profile(world);
    return result_of(post(world, target, rpc("tools/call", kProfile))).at("isError").get<bool>();
  };
  const auto names = listed_names(world, path + "/mcp?user_id=user_1");
  CHECK(names.contains("GMAIL_SEND_EMAIL"));
  CHECK(names.contains("COMPOSIO_MANAGE_CONNECTIONS"));
  CHECK_FALSE(names.contains("GITHUB_CREATE_AN_ISSUE"));
  CHECK_FALSE(is_error(path + "/mcp?user_id=user_1"));
  CHECK_FALSE(is_error(path + "?user_id=user_1"));
  CHECK_FALSE(is_error(path + "/mcp?connected_account_id=" + account));
  CHECK(is_error(path + "/mcp?user_id=user_2"));
  CHECK_FALSE(listed_names(world, path + "/mcp?user_id=user_1&manage_connections=false")
                  .contains("COMPOSIO_MANAGE_CONNECTIONS"));
}

TEST_CASE("an MCP server's URL follows what the server becomes") {
  ApiWorld world;
  const std::string id = world.post("/mcp/servers/custom", {{"name", "Mail"}, {"toolkits", {"gmail"}}})["id"];
  const std::string url = "/v3/mcp/" + id + "/mcp?user_id=user_1";
  world.patch("/mcp/" + id, {{"toolkits", {"github"}}});
  const auto names = listed_names(world, url);
  CHECK(names.contains("GITHUB_CREATE_AN_ISSUE"));
  CHECK_FALSE(names.contains("GMAIL_SEND_EMAIL"));
  world.remove("/mcp/" + id);
  require_error(post(world, url, rpc("ping")), 404, "MCP server");
}

TEST_CASE("an MCP server's URL has to name a user, and only an account that is theirs to use") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  const std::string id = world.post("/mcp/servers/custom", {{"name", "Mail"}, {"toolkits", {"gmail"}}})["id"];
  const auto ping = [&](const std::string& query) {
    return post(world, "/v3/mcp/" + id + "/mcp?" + query, rpc("ping"));
  };
  require_error(ping(""), 400, "user_id");
  require_error(ping("connected_account_id=ca_unknown"), 404, "ca_unknown");
  require_error(ping("user_id=user_2&connected_account_id=" + account), 404, account);
  CHECK(ping("user_id=user_1&connected_account_id=" + account).status == 200);
}

TEST_CASE("an MCP server of auth configs alone has their toolkits") {
  ApiWorld world;
  const Json body = {
      {"name", "Mail"}, {"toolkits", Json::array()}, {"auth_config_ids", {world.auth_config("gmail")}}};
  const std::string id = world.post("/mcp/servers/custom", body)["id"];
  const auto names = listed_names(world, "/v3/mcp/" + id + "/mcp?user_id=user_1");
  CHECK(names.contains("GMAIL_SEND_EMAIL"));
  CHECK_FALSE(names.contains("GITHUB_CREATE_AN_ISSUE"));
}
