#include "tests/unit/api/session_calls.h"

using namespace coffer;
using namespace coffer::api::testing;

TEST_CASE("a session answers what SDKs need, with enabled where the request says enable") {
  ApiWorld world;
  const Answer session = world.post("/tool_router/session",
                                    {{"user_id", "user_1"},
                                     {"toolkits", {{"enable", {"gmail", "TAVILY"}}}},
                                     {"tags", {{"disable", {"destructiveHint"}}}},
                                     {"tools", {{"gmail", {{"enable", {"GMAIL_GET_PROFILE"}}}}}},
                                     {"manage_connections",
                                      {{"enable", true},
                                       {"callback_url", "https://app.example.com/"},
                                       {"enable_wait_for_connections", false}}},
                                     {"multi_account", {{"enable", true}, {"max_accounts_per_toolkit", 3}}}});
  CAPTURE(session.text);
  REQUIRE(session.status == 201);
  require_fields(session.body, {"session_id", "config_version", "mcp.type", "mcp.url", "tool_router_tools",
                                "config", "config.preload", "config.execute", "config.search"});
  const std::string id = session["session_id"];
  CHECK(id.starts_with("trs_"));
  CHECK(session["config_version"] == 1);
  CHECK(session["mcp"] ==
        Json({{"type", "http"}, {"url", std::string(kPublicUrl) + "/tool_router/" + id + "/mcp"}}));
  CHECK(session["tool_router_tools"] ==
        Json::array({"COMPOSIO_MANAGE_CONNECTIONS", "COMPOSIO_SEARCH_TOOLS", "COMPOSIO_GET_TOOL_SCHEMAS",
                     "COMPOSIO_MULTI_EXECUTE_TOOL"}));
  const Json& config = session["config"];
  CHECK(config.at("user_id") == "user_1");
  CHECK(config.at("toolkits").at("enabled") == Json::array({"gmail", "tavily"}));
  CHECK(config.at("tags").at("disabled") == Json::array({"destructiveHint"}));
  CHECK(config.at("tools").at("gmail").at("enabled") == Json::array({"GMAIL_GET_PROFILE"}));
  CHECK(config.at("manage_connections").at("enabled") == true);
  CHECK(config.at("manage_connections").at("callback_url") == "https://app.example.com/");
  CHECK(config.at("multi_account").at("max_accounts_per_toolkit") == 3);
  CHECK(config.at("execute").at("enable_multi_execute") == true);
  CHECK(config.at("search").at("enable") == true);
  CHECK(config.at("workbench").at("enable") == false);
  CHECK_FALSE(session.body.contains("warnings"));
  CHECK(world.get(path_of(id)).body == session.body);
}

TEST_CASE("a session with a user alone is enough") {
  ApiWorld world;
  const Answer session = world.get(path_of(world.session("user_1")));
  CHECK(session["config"].at("manage_connections").at("enabled") == true);
  CHECK_FALSE(session["config"].contains("toolkits"));
  const Json no_tools = {{"tools", Json::array()}};
  CHECK(session["config"].at("preload") == no_tools);
  const Answer empty = world.get(path_of(world.session("user_1", {{"preload", Json::object()}})));
  CHECK(empty["config"].at("preload") == no_tools);
  const Answer tools = world.get(path_of(session["session_id"], "/tools?limit=500"));
  CHECK(ids_of(tools, "slug") == session["tool_router_tools"].get<std::vector<std::string>>());
}

TEST_CASE("what the direct-tools preset sends is taken as it comes") {
  ApiWorld world;
  const Answer session =
      world.get(path_of(world.session("user_1", {{"manage_connections", {{"enable", false}}},
                                                 {"workbench", {{"enable", false}}},
                                                 {"preload", {{"tools", "all"}}},
                                                 {"search", {{"enable", false}}},
                                                 {"execute", {{"enable_multi_execute", false}}}})));
  CHECK(session["config"].at("manage_connections").at("enabled") == false);
  CHECK(session["config"].at("preload").at("tools") == "all");
  CHECK(session["config"].at("search").at("enable") == false);
  CHECK(session["config"].at("execute").at("enable_multi_execute") == false);
  CHECK(session["tool_router_tools"].empty());
}

TEST_CASE("a session that cannot be is refused by the name of what is wrong") {
  ApiWorld world;
  const std::string gmail = world.auth_config("gmail");
  const std::string foreign = world.oauth_account("user_2");
  const std::string mine = world.oauth_account("user_1");
  const auto refuse = [&](Json config, const char* fragment) {
    config.emplace("user_id", "user_1");
    CAPTURE(fragment);
    require_error(world.post("/tool_router/session", config), 400, fragment);
  };
  refuse({{"user_id", 5}}, "user_id");
  refuse({{"toolkits", {{"enable", {"nothing"}}}}}, "toolkits.enable");
  refuse({{"toolkits", 5}}, "toolkits");
  refuse({{"auth_configs", {{"gmail", "ac_unknown"}}}}, "auth_configs.gmail");
  refuse({{"auth_configs", {{"tavily", gmail}}}}, "auth_configs.tavily");
  refuse({{"connected_accounts", {{"gmail", {"ca_AAAAAAAAAAAA"}}}}}, "connected_accounts.gmail");
  refuse({{"connected_accounts", {{"gmail", Json::array()}}}}, "connected_accounts.gmail");
  refuse({{"connected_accounts", {{"gmail", {foreign}}}}}, "connected_accounts.gmail");
  refuse({{"connected_accounts", {{"tavily", {mine}}}}}, "connected_accounts.tavily");
  refuse({{"manage_connections", {{"callback_url", "http://app.example.com/"}}}}, "callback_url");
  refuse({{"multi_account", {{"max_accounts_per_toolkit", 11}}}}, "max_accounts_per_toolkit");
  refuse({{"multi_account", {{"max_accounts_per_toolkit", 1}}}}, "max_accounts_per_toolkit");
  refuse({{"preload", "all"}}, "preload");
  refuse({{"multi_account", {{"enable", true}, {"require_explicit_selection", "yes"}}}},
         "multi_account.require_explicit_selection");
}

TEST_CASE("a restriction that is not understood is refused, never ignored") {
  ApiWorld world;
  const auto refuse = [&](Json config, const char* fragment) {
    config.emplace("user_id", "user_1");
    CAPTURE(fragment);
    require_error(world.post("/tool_router/session", config), 400, fragment);
  };
  refuse({{"tools", {"GMAIL_GET_PROFILE"}}}, "tools");
  refuse({{"tools", {{"gmial", {{"disable", {"GMAIL_SEND_EMAIL"}}}}}}}, "tools.gmial");
  refuse({{"tools", {{"gmail", 5}}}}, "tools.gmail");
  refuse({{"tools", {{"gmail", Json::array()}}}}, "tools.gmail");
  refuse({{"tools", {{"gmail", {{"enable", "GMAIL_GET_PROFILE"}}}}}}, "tools.gmail.enable");
  refuse({{"tools", {{"gmail", {{"enable", Json::array()}}}}}}, "tools.gmail.enable");
  refuse({{"tools", {{"gmail", {{"disable", {5}}}}}}}, "tools.gmail.disable");
  refuse({{"tools", {{"gmail", {{"enabled", {"GMAIL_GET_PROFILE"}}}}}}}, "tools.gmail.enabled");
  refuse({{"tools", {{"gmail", {{"tags", {{"enable", 5}}}}}}}}, "tools.gmail.tags.enable");
  refuse({{"tags", Json::array()}}, "tags");
  refuse({{"tags", {{"enable", {Json()}}}}}, "tags.enable");
  refuse({{"tags", {{"disabled", {"destructiveHint"}}}}}, "tags.disabled");
  refuse({{"toolkits", {{"enabled", {"gmail"}}}}}, "toolkits.enabled");
  const Json reading = {{"enable", {"GMAIL_GET_PROFILE"}}};
  refuse({{"tools", {{"gmail", reading}, {"GMAIL", reading}}}}, "second time");
  refuse({{"tools", {{"gmail", {{"disable", {"GMAIL_SEND_EMIAL"}}}}}}}, "GMAIL_SEND_EMIAL");
  refuse({{"tools", {{"gmail", {"TAVILY_TAVILY_SEARCH"}}}}}, "TAVILY_TAVILY_SEARCH");
  refuse({{"tools", {{"gmail", Json::object()}}}}, "tools.gmail");
  refuse({{"tools", {{"gmail", nullptr}}}}, "tools.gmail");
  refuse({{"tools", {{"gmail", {{"tags", nullptr}}}}}}, "tools.gmail");
  refuse({{"tools", {{"gmail", {{"tags", {"readOnly"}}}}}}}, "readOnly");
  refuse({{"tags", {{"disable", {"destructive"}}}}}, "destructive");
  refuse({{"tags", Json::object()}}, "tags");
  refuse({{"toolkits", Json::object()}}, "toolkits");
  refuse({{"toolkits", {{"enable", nullptr}}}}, "toolkits");
  refuse({{"manage_connections", {{"enabel", false}}}}, "manage_connections.enabel");
  refuse({{"manage_connections", {{"enable_connection_removal", true}}}}, "enable_connection_removal");
  refuse({{"multi_account", {{"require_explicit", true}}}}, "multi_account.require_explicit");
  refuse({{"workbench", {{"proxy", false}}}}, "workbench.proxy");
  refuse({{"search", {{"enabled", false}}}}, "search.enabled");
  refuse({{"execute", {{"multi", false}}}}, "execute.multi");
  refuse({{"preload", {{"tools", "none"}}}}, "preload.tools");
  refuse({{"preload", {{"tool", "all"}}}}, "preload.tool");
  refuse({{"preload", {{"tools", {"GMAIL_GET_PROFILE", "GMIAL_SEND"}}}}}, "GMIAL_SEND");
  refuse({{"preload", {{"tools", {""}}}}}, "preload.tools");
  refuse({{"experimental", {{"fastmode", true}}}}, "experimental.fastmode");
  refuse({{"toolkit", {"gmail"}}}, "toolkit");
  refuse({{"execute", {{"enable_multi_execute", "no"}}}}, "execute.enable_multi_execute");
  refuse({{"search", {{"enable", 0}}}}, "search.enable");
  refuse({{"workbench", {{"enable_proxy_execution", "false"}}}}, "workbench.enable_proxy_execution");
}

TEST_CASE("what SDKs send as experimental is taken, and so are tools to preload by any name of theirs") {
  ApiWorld world;
  const Json experimental = {{"assistive_prompt_config", {{"user_timezone", "Europe/Berlin"}}},
                             {"link_url_overwrite", "https://app.example/vault"},
                             {"fast_mode", true},
                             {"submit_feedback", {{"enable", true}}},
                             {"custom_tools", Json::array()},
                             {"custom_toolkits", Json::array()}};
  const Json preload = {
      {"tools",
       {"gmail_get_profile", "GITHUB_CREATE_ISSUE", "COMPOSIO_SEARCH_TOOLS"}}};  // the second: an alias
  const std::string path =
      path_of(world.session("user_1", {{"experimental", experimental}, {"preload", preload}}));
  CHECK(world.get(path)["config"].at("preload") == preload);
  CHECK(world.patch(path, {{"experimental", experimental}, {"preload", preload}}).status == 200);
}

TEST_CASE("a session names no auth config that is disabled, and an enabled one as soon as it is") {
  ApiWorld world;
  const std::string config = world.custom_config("gmail", "OAUTH2");
  const Json named = {{"user_id", "user_1"}, {"auth_configs", {{"gmail", config}}}};
  REQUIRE(world.patch("/auth_configs/" + config + "/DISABLED", nullptr).status == 200);
  const Answer refused = world.post("/tool_router/session", named);
  require_error(refused, 400, "auth_configs.gmail");
  require_error(refused, 400, "disabled: \"" + config);
  require_error(world.patch(path_of(world.session("user_1")), {{"auth_configs", {{"gmail", config}}}}), 400,
                "disabled");
  REQUIRE(world.patch("/auth_configs/" + config + "/ENABLED", nullptr).status == 200);
  CHECK(world.post("/tool_router/session", named).status == 201);
}

TEST_CASE("a session that enables no toolkit uses none, until null takes that away") {
  ApiWorld world;
  for (const Json& none : {Json::array(), Json{{"enable", Json::array()}}}) {
    const std::string path = path_of(world.session("user_1", {{"toolkits", none}}));
    CHECK(world.get(path)["config"].at("toolkits") == Json{{"enabled", Json::array()}});
    CHECK(world.get(path + "/toolkits")["items"].empty());
    require_error(world.post(path + "/link", {{"toolkit", "gmail"}}), 403, "gmail");
    CHECK_FALSE(world.patch(path, {{"toolkits", nullptr}})["config"].contains("toolkits"));
    CHECK(world.post(path + "/link", {{"toolkit", "gmail"}}).status == 201);
  }
}

TEST_CASE("permissions that nothing here would ask for are refused, null is none") {
  ApiWorld world;
  const auto make = [&](const Json& experimental) {
    return world.post("/tool_router/session", {{"user_id", "user_1"}, {"experimental", experimental}});
  };
  require_error(make({{"permissions", {{"default", "always_deny"}}}}), 501, "experimental.permissions");
  require_error(make({{"session_config_id", "sc_1"}}), 501, "experimental.session_config_id");
  CHECK(make({{"permissions", nullptr}}).status == 201);
}

TEST_CASE("a session's links stand below the URL that it has in place of the vault's") {
  ApiWorld world;
  const Answer made = world.post(
      "/tool_router/session",
      {{"user_id", "user_1"}, {"experimental", {{"link_url_overwrite", "https://app.example/vault/"}}}});
  const std::string path = "/tool_router/session/" + made["session_id"].get<std::string>();
  const auto link = [&] { return world.post(path + "/link", {{"toolkit", "gmail"}}); };
  const Answer first = link();
  CHECK(first["redirect_url"] == "https://app.example/vault/link/" + first["link_token"].get<std::string>());
  const Json asked = {{"tool_slug", "COMPOSIO_MANAGE_CONNECTIONS"}, {"arguments", {{"toolkits", {"gmail"}}}}};
  const Json told = world.post(path + "/execute", asked)["data"].at("results").at("gmail");
  CHECK(told.at("redirect_url").get<std::string>().starts_with("https://app.example/vault/link/lk_"));
  require_error(world.patch(path, {{"experimental", {{"link_url_overwrite", "ftp://app.example"}}}}), 400,
                "URL");
  CHECK(world.patch(path, {{"experimental", {{"fast_mode", true}}}}).status == 200);
  CHECK(link()["redirect_url"].get<std::string>().starts_with("https://app.example/"));
  CHECK(world.patch(path, {{"experimental", {{"link_url_overwrite", nullptr}}}}).status == 200);
  CHECK(link()["redirect_url"].get<std::string>().starts_with(std::string(kPublicUrl) + "/link/lk_"));
}

TEST_CASE("pinning another user's account is refused in the words of an unknown one") {
  ApiWorld world;
  const std::string foreign = world.oauth_account("user_2");
  const auto message = [&](const std::string& id) {
    const Answer answer = world.post("/tool_router/session",
                                     {{"user_id", "user_1"}, {"connected_accounts", {{"gmail", {id}}}}});
    CHECK(answer.status == 400);
    std::string text = answer["error"].at("message");
    return text.replace(text.find(id), id.size(), "ID");
  };
  CHECK(message(foreign) == message("ca_AAAAAAAAAAAA"));
}

TEST_CASE("a disabled account cannot be pinned") {
  ApiWorld world;
  const std::string id = world.oauth_account("user_1");
  world.patch("/connected_accounts/" + id + "/status", {{"enabled", false}});
  const Answer answer =
      world.post("/tool_router/session", {{"user_id", "user_1"}, {"connected_accounts", {{"gmail", {id}}}}});
  require_error(answer, 400, "disabled");
}

TEST_CASE("updating a session changes what is named, null clears, and the version grows") {
  ApiWorld world;
  const std::string id = world.session("user_1", {{"toolkits", {{"enable", {"gmail"}}}},
                                                  {"manage_connections", {{"enable", false}}},
                                                  {"multi_account", {{"enable", true}}}});
  const Answer changed = world.patch(path_of(id), {{"toolkits", {{"disable", {"tavily"}}}}});
  CAPTURE(changed.text);
  REQUIRE(changed.status == 200);
  CHECK(changed["config_version"] == 2);
  CHECK(changed["config"].at("toolkits") == Json({{"disabled", {"tavily"}}}));
  CHECK(changed["config"].at("manage_connections").at("enabled") == false);
  CHECK(changed["config"].contains("multi_account"));
  const Answer cleared =
      world.patch(path_of(id), {{"manage_connections", nullptr}, {"multi_account", nullptr}});
  CHECK(cleared["config_version"] == 3);
  CHECK(cleared["config"].at("manage_connections").at("enabled") == true);
  CHECK_FALSE(cleared["config"].contains("multi_account"));
  CHECK(world.get(path_of(id)).body == cleared.body);
}

TEST_CASE("a change of a session keeps the members of a block that it does not name") {
  ApiWorld world;
  const auto changed = [&](const char* block, const Json& before, const Json& change) {
    const Answer answer = world.patch(path_of(world.session("user_1", {{block, before}})), {{block, change}});
    CAPTURE(answer.text);
    REQUIRE(answer.status == 200);
    return answer["config"].at(block);
  };
  const Json prompts = {{"enable", false},
                        {"callback_url", "https://app.example.com/a"},
                        {"enable_wait_for_connections", true}};
  CHECK(changed("manage_connections", prompts, {{"callback_url", "https://app.example.com/b"}}) ==
        Json({{"enabled", false},
              {"callback_url", "https://app.example.com/b"},
              {"enable_wait_for_connections", true}}));
  CHECK(changed("manage_connections", prompts, {{"callback_url", nullptr}}) ==
        Json({{"enabled", false}, {"enable_wait_for_connections", true}}));
  CHECK(changed("manage_connections", prompts, true) == Json({{"enabled", true},
                                                              {"callback_url", "https://app.example.com/a"},
                                                              {"enable_wait_for_connections", true}}));
  const Json several = {
      {"enable", true}, {"require_explicit_selection", true}, {"max_accounts_per_toolkit", 3}};
  CHECK(changed("multi_account", several, {{"max_accounts_per_toolkit", nullptr}}) ==
        Json({{"enable", true}, {"require_explicit_selection", true}}));
  CHECK(changed("workbench", {{"enable_proxy_execution", false}}, {{"auto_offload_threshold", 100}}) ==
        Json({{"enable", false}, {"proxy_execution_enabled", false}, {"auto_offload_threshold", 100}}));
}

TEST_CASE("of two changes of a session at once none is lost") {
  ApiWorld world;
  for (int round = 0; round < 20; ++round) {
    const std::string path = path_of(world.session("user_1"));
    at_once(world.engine(), {[&] {
                               world.patch(path, {{"toolkits", {{"enable", {"gmail"}}}}});
                             },
                             [&] {
                               world.patch(path, {{"tags", {{"disable", {"destructiveHint"}}}}});
                             }});
    const Answer session = world.get(path);
    CHECK(session["config_version"] == 3);
    REQUIRE(session["config"].contains("toolkits"));
    REQUIRE(session["config"].contains("tags"));
  }
}

TEST_CASE("a change that expects another version of a session is a 409 and changes nothing") {
  ApiWorld world;
  const std::string path = path_of(world.session("user_1"));
  const auto change = [&](const Json& expected) {
    return world.patch(path, {{"search", {{"enable", false}}}, {"expected_config_version", expected}});
  };
  require_error(change(2), 409, "config_version 1");
  require_error(change("1"), 400, "expected_config_version");
  require_error(change(0), 400, "expected_config_version");
  CHECK(world.get(path)["config"].at("search").at("enable") == true);
  CHECK(change(1)["config_version"] == 2);
  require_error(change(1), 409, "config_version 2");
  CHECK(change(nullptr)["config_version"] == 3);
}

TEST_CASE("a session's user cannot be changed") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  require_error(world.patch(path_of(id), {{"user_id", "user_2"}}), 400, "user_id");
  require_error(world.patch(path_of(id), {{"user_id", 1}}), 400, "user_id");
  CHECK(world.patch(path_of(id), {{"user_id", "user_1"}}).status == 200);  // which it is
}

TEST_CASE("a user id that no link would take makes no session either") {
  ApiWorld world;
  require_error(world.post("/tool_router/session", {{"user_id", "a\nb"}}), 400, "control character");
}

TEST_CASE("a deleted session is absent and its user's accounts stay") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  const std::string id = world.session("user_1");
  CHECK(world.remove(path_of(id)).body == Json({{"session_id", id}, {"deleted", true}}));
  require_error(world.get(path_of(id)), 404, id);
  require_error(world.remove(path_of(id)), 404, id);
  CHECK(world.get("/connected_accounts/" + account).status == 200);
}

TEST_CASE("an unknown session is absent for every verb") {
  ApiWorld world;
  require_error(world.get(path_of("trs_unknown")), 404, "trs_unknown");
  require_error(world.patch(path_of("trs_unknown"), Json::object()), 404, "trs_unknown");
  require_error(world.get(path_of("trs_unknown", "/tools")), 404, "trs_unknown");
  require_error(world.get(path_of("trs_unknown", "/toolkits")), 404, "trs_unknown");
  require_error(world.post(path_of("trs_unknown", "/link"), {{"toolkit", "gmail"}}), 404, "trs_unknown");
  require_error(world.post(path_of("trs_unknown", "/execute"), {{"tool_slug", "X"}}), 404, "trs_unknown");
}

TEST_CASE("a session says what it was asked for and does not have") {
  ApiWorld world;
  const Answer session = world.get(path_of(world.session(
      "user_1",
      {{"workbench", {{"enable", true}, {"enable_proxy_execution", false}, {"sandbox_size", "small"}}}})));
  CHECK(session["config"].at("workbench") ==
        Json({{"enable", false}, {"proxy_execution_enabled", false}, {"sandbox_size", "small"}}));
  REQUIRE(session["warnings"].size() == 1);
  CHECK(session["warnings"][0].at("code") == "workbench_unsupported");
}
