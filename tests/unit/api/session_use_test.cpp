#include <set>

#include "tests/unit/api/session_calls.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

Json state_of(const Answer& page, const std::string& slug) {
  for (const Json& item : page["items"]) {
    if (item.at("slug") == slug) return item;
  }
  return {};
}

std::string bearer_of_last_call(ApiWorld& world) {
  const auto seen = world.outside().http.seen();
  REQUIRE_FALSE(seen.empty());
  return std::string(header_value(seen.back().headers, "authorization"));
}

}  // namespace

TEST_CASE("a session's link connects the session's user, and comes back to the session's callback") {
  ApiWorld world;
  const std::string id =
      world.session("user_1", {{"manage_connections", {{"callback_url", "https://app.example.com/chat"}}}});
  const Answer link = world.post(path_of(id, "/link"), {{"toolkit", "gmail"}, {"alias", "work"}});
  CAPTURE(link.text);
  REQUIRE(link.status == 201);
  require_fields(link.body, {"connected_account_id", "link_token", "redirect_url"});
  const Answer account = world.get("/connected_accounts/" + link["connected_account_id"].get<std::string>());
  CHECK(account["user_id"] == "user_1");
  CHECK(account["alias"] == "work");
  CHECK(world.engine().connector().view(link["link_token"].get<std::string>()).callback_url ==
        "https://app.example.com/chat");
}

TEST_CASE("a session's link uses the auth config that the session names") {
  ApiWorld world;
  const std::string custom = world.custom_config("gmail", "OAUTH2");
  const std::string id = world.session("user_1", {{"auth_configs", {{"gmail", custom}}}});
  const Answer link = world.post(path_of(id, "/link"), {{"toolkit", "gmail"}});
  const Answer account = world.get("/connected_accounts/" + link["connected_account_id"].get<std::string>());
  CHECK(account["auth_config"].at("id") == custom);
}

TEST_CASE("without managed auth a session's link falls back to a custom auth config") {
  ApiWorld world({.managed = {}});
  const std::string id = world.session("user_1");
  require_error(world.post(path_of(id, "/link"), {{"toolkit", "gmail"}}), 400, "no managed auth");
  const std::string custom = world.custom_config("gmail", "OAUTH2");
  const Answer link = world.post(path_of(id, "/link"), {{"toolkit", "gmail"}});
  REQUIRE(link.status == 201);
  const Answer account = world.get("/connected_accounts/" + link["connected_account_id"].get<std::string>());
  CHECK(account["auth_config"].at("id") == custom);
}

TEST_CASE("a session's link passes over an auth config of a scheme that its toolkit has no longer") {
  ApiWorld world({.managed = {}});
  const std::string session = world.session("user_1");
  const auto link = [&] { return world.post(path_of(session, "/link"), {{"toolkit", "gmail"}}); };
  const auto stray = [&](const char* id) {
    world.outside().clock.advance(std::chrono::seconds(1));
    AuthConfig config;
    config.id = AuthConfigId(id);
    config.toolkit = "gmail";
    config.name = "of another time";
    config.scheme = AuthScheme::ApiKey;
    config.created_at = config.updated_at = world.outside().clock.now();
    const auto tx = world.engine().database().write();
    auth_config_store::insert(*tx, config, Secret());
    tx->commit();
  };
  stray("ac_AAAAAAAAAAAA");
  require_error(link(), 400, "no managed auth");
  const std::string custom = world.custom_config("gmail", "OAUTH2");
  stray("ac_BBBBBBBBBBBB");
  const Answer made = link();
  CAPTURE(made.text);
  REQUIRE(made.status == 201);
  CHECK(world.get("/connected_accounts/" + made["connected_account_id"].get<std::string>())["auth_config"].at(
            "id") == custom);
}

TEST_CASE("a session links only toolkits that it has") {
  ApiWorld world;
  const std::string id = world.session("user_1", {{"toolkits", {{"enable", {"gmail"}}}}});
  require_error(world.post(path_of(id, "/link"), {{"toolkit", "tavily"}}), 403, "tavily");
  require_error(world.post(path_of(id, "/link"), {{"toolkit", "nothing"}}), 404, "nothing");
  require_error(world.post(path_of(id, "/link"), Json::object()), 400, "toolkit");
}

TEST_CASE("linking a pinned account reconnects that one") {
  ApiWorld world;
  const std::string pinned = world.oauth_account("user_1");
  const std::string id = world.session("user_1", {{"connected_accounts", {{"gmail", {pinned}}}}});
  CHECK(world.post(path_of(id, "/link"), {{"toolkit", "gmail"}})["connected_account_id"] == pinned);
}

TEST_CASE("a pinned account that is revoked is connected again by its id, one that is deleted by no link") {
  ApiWorld world;
  const std::string pinned = world.oauth_account("user_1");
  const std::string id = world.session("user_1", {{"connected_accounts", {{"gmail", {pinned}}}}});
  set_status(world, pinned, ConnectionStatus::Revoked);
  require_error(execute(world, id, "GMAIL_GET_PROFILE"), 400, "No connected account found");
  const auto managed = [&] { return manage(world, id, {{"toolkits", {"gmail"}}}).at("results").at("gmail"); };
  CHECK(managed().at("connected_account_id") == pinned);
  REQUIRE(world.remove("/connected_accounts/" + pinned).status == 200);
  for (const Answer& refused :
       {execute(world, id, "GMAIL_GET_PROFILE"), world.post(path_of(id, "/link"), {{"toolkit", "gmail"}})}) {
    require_error(refused, 422, pinned);
    CHECK(refused["error"].at("suggested_fix").get<std::string>().find("connected_accounts") !=
          std::string::npos);
  }
  CHECK(managed().at("status") == "failed");
  CHECK_FALSE(managed().contains("redirect_url"));
}

TEST_CASE("of several pinned accounts a link connects the one that it names, else the one not at work") {
  ApiWorld world;
  const std::string first = world.oauth_account("user_1", "work");
  const std::string second = second_account(world, "user_1", "home");
  const std::string id = world.session("user_1", {{"connected_accounts", {{"gmail", {first, second}}}},
                                                  {"multi_account", {{"enable", true}}}});
  const auto link = [&](const std::string& alias) {
    return world.post(path_of(id, "/link"), {{"toolkit", "gmail"}, {"alias", alias}})["connected_account_id"];
  };
  set_status(world, second, ConnectionStatus::Expired);
  CHECK(link("home") == second);
  CHECK(link("") == second);
  CHECK(link("work") == first);
  const Json again = manage(world, id, {{"toolkits", {"gmail"}}, {"reinitiate_all", true}});
  CHECK(again.at("results").at("gmail").at("connected_account_id") == second);
  CHECK(again.at("results").at("gmail").at("has_active_connection") == true);  // by the first
}

TEST_CASE("a session's toolkits show the user's connection") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  world.api_key_account("user_2");
  const std::string id = world.session("user_1");
  const Answer page = world.get(path_of(id, "/toolkits?limit=50"));
  REQUIRE(page.status == 200);
  const Json gmail = state_of(page, "gmail");
  require_fields(gmail, {"slug", "name", "enabled", "composio_managed_auth_schemes", "meta.logo",
                         "meta.description", "connected_account.id", "connected_account.user_id",
                         "connected_account.status", "connected_account.created_at",
                         "connected_account.auth_config.id", "connected_account.auth_config.auth_scheme"});
  CHECK(gmail.at("is_no_auth") == false);
  CHECK(gmail.at("connected_account").at("id") == account);
  CHECK(gmail.at("connected_account").at("auth_config").at("is_composio_managed") == true);
  const Json tavily = state_of(page, "tavily");
  CHECK(tavily.at("connected_account").is_null());
}

TEST_CASE("a session's toolkits are filtered by name, words and connection") {
  ApiWorld world;
  world.oauth_account("user_1");
  const std::string id = world.session("user_1", {{"toolkits", {{"enable", {"gmail", "tavily"}}}}});
  const auto slugs = [&](const std::string& query) {
    return ids_of(world.get(path_of(id, "/toolkits?" + query)), "slug");
  };
  using Slugs = std::vector<std::string>;
  CHECK(slugs("") == Slugs{"gmail", "tavily"});
  CHECK(slugs("toolkits=gmail,github") == Slugs{"gmail"});
  CHECK(slugs("is_connected=true") == Slugs{"gmail"});
  CHECK(slugs("is_connected=false") == Slugs{"tavily"});
  CHECK(slugs("search=gmail") == Slugs{"gmail"});
  CHECK(slugs("limit=1") == Slugs{"gmail"});
}

TEST_CASE("an account that was disabled is linked again by the application alone, not by its session") {
  ApiWorld world;
  const std::string pinned = world.oauth_account("user_1");
  const std::string id = world.session("user_1", {{"connected_accounts", {{"gmail", {pinned}}}}});
  world.patch("/connected_accounts/" + pinned + "/status", {{"enabled", false}});
  require_error(world.post(path_of(id, "/link"), {{"toolkit", "gmail"}}), 422, "disabled");
  const Answer refused = execute(world, id, "GMAIL_GET_PROFILE");
  require_error(refused, 422, pinned);
  CHECK(refused["error"].at("suggested_fix").get<std::string>().find("enable it") != std::string::npos);
  const Answer answer = execute(world, id, "COMPOSIO_MANAGE_CONNECTIONS",
                                {{"arguments", {{"toolkits", {"gmail"}}, {"reinitiate_all", true}}}});
  const Json result = answer["data"].at("results").at("gmail");
  CHECK(result.at("status") == "failed");
  CHECK_FALSE(result.contains("redirect_url"));
  CHECK(world.get("/connected_accounts/" + pinned)["status"] == "INACTIVE");
  CHECK(world.post("/connected_accounts/" + pinned + "/refresh", Json::object()).status == 200);
  CHECK(world.get("/connected_accounts/" + pinned)["status"] == "INITIATED");
}

TEST_CASE("a session lists the meta tool and the tools it admits") {
  ApiWorld world;
  const auto tools = [&](Json config) {
    config["search"]["enable"] = false;
    config["execute"]["enable_multi_execute"] = false;
    config.emplace("preload", Json{{"tools", "all"}});
    return ids_of(world.get(path_of(world.session("user_1", config), "/tools?limit=500")), "slug");
  };
  using Slugs = std::vector<std::string>;
  const std::string meta = "COMPOSIO_MANAGE_CONNECTIONS";
  const Slugs gmail = tools({{"toolkits", {{"enable", {"gmail"}}}}});
  CHECK(gmail.front() == meta);
  CHECK(gmail.size() == 1 + world.engine().catalog().find_toolkit("gmail")->tools.size());
  CHECK(tools({{"toolkits", {{"enable", {"gmail"}}}},
               {"tools", {{"gmail", {{"enable", {"GMAIL_GET_PROFILE"}}}}}}}) ==
        Slugs{meta, "GMAIL_GET_PROFILE"});
  CHECK(tools({{"preload", {{"tools", {"GMAIL_GET_PROFILE"}}}}}) == Slugs{meta, "GMAIL_GET_PROFILE"});
  CHECK(tools({{"preload", {{"tools", {"GMAIL_GET_PROFILE"}}}},
               {"manage_connections", {{"enable", false}}}}) == Slugs{"GMAIL_GET_PROFILE"});
  CHECK(tools({{"preload", {{"tools", {"GITHUB_CREATE_ISSUE"}}}}}) == Slugs{meta, "GITHUB_CREATE_AN_ISSUE"});
  CHECK(tools({{"preload", Json::object()}}) == Slugs{meta});
  const Slugs reading =
      tools({{"toolkits", {{"enable", {"gmail"}}}}, {"tags", {{"enable", {"readOnlyHint"}}}}});
  CHECK(reading.size() > 1);
  CHECK(reading.size() < gmail.size());
}

TEST_CASE("a toolkit's own tags hold in place of the session's, and beside the tools that it names") {
  ApiWorld world;
  const auto tools = [&](const Json& gmail) {
    const Json config = {{"toolkits", {{"enable", {"gmail"}}}},
                         {"tags", {{"disable", {"readOnlyHint"}}}},
                         {"tools", {{"gmail", gmail}}},
                         {"preload", {{"tools", "all"}}},
                         {"manage_connections", {{"enable", false}}},
                         {"search", {{"enable", false}}},
                         {"execute", {{"enable_multi_execute", false}}}};
    const auto slugs =
        ids_of(world.get(path_of(world.session("user_1", config), "/tools?limit=500")), "slug");
    return std::set<std::string>(slugs.begin(), slugs.end());
  };
  using Slugs = std::set<std::string>;
  const Json two = {"GMAIL_GET_PROFILE", "GMAIL_SEND_EMAIL"};  // the first is for reading, the second is not
  CHECK(tools({{"enable", two}}) == Slugs{"GMAIL_SEND_EMAIL"});
  CHECK(tools({{"enable", two}, {"tags", {{"disable", {"destructiveHint"}}}}}) == Slugs{"GMAIL_GET_PROFILE"});
  const Slugs reading = tools({{"tags", {"readOnlyHint"}}});
  CHECK(reading.contains("GMAIL_GET_PROFILE"));
  CHECK_FALSE(reading.contains("GMAIL_SEND_EMAIL"));
}

TEST_CASE("a session's pages of tools join without a gap") {
  ApiWorld world;
  const std::string id =
      world.session("user_1", {{"toolkits", {{"enable", {"gmail"}}}}, {"preload", {{"tools", "all"}}}});
  const Answer all = world.get(path_of(id, "/tools?limit=500"));
  for (const Json& tool : all["items"]) {
    require_fields(tool, {"slug", "name", "toolkit.slug", "toolkit.name", "input_parameters.type",
                          "output_parameters.type", "description", "tags", "version", "scopes"});
  }
  const Answer first = world.get(path_of(id, "/tools?limit=2"));
  const Answer second =
      world.get(path_of(id, "/tools?limit=2&cursor=" + first["next_cursor"].get<std::string>()));
  CHECK(ids_of(first, "slug")[0] == ids_of(all, "slug")[0]);
  CHECK(ids_of(second, "slug")[0] == ids_of(all, "slug")[2]);
  CHECK(first["total_items"] == all["items"].size());
}

TEST_CASE("a session runs tools as its user and answers what SDKs need") {
  ApiWorld world;
  world.oauth_account("user_1");
  answer_profile(world);
  const Answer answer = execute(world, world.session("user_1"), "GMAIL_GET_PROFILE");
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  require_fields(answer.body, {"data.emailAddress", "log_id"});
  CHECK(answer["error"].is_null());
}

TEST_CASE("tools of a toolkit without a login need no account: in a session, by user, and over MCP") {
  ApiWorld world({.managed = {}, .has_free_toolkit = true});
  const auto answer_ping = [&] {
    world.outside().http.answer(200, R"({"ok":true})", {{"content-type", "application/json"}});
  };
  const std::string id = world.session("user_1");
  CHECK(manage(world, id, {{"toolkits", {"free"}}}).at("results").at("free").at("status") == "active");
  answer_ping();
  const Answer in_session = execute(world, id, "FREE_PING");
  CAPTURE(in_session.text);
  CHECK(in_session["data"] == Json{{"ok", true}});
  answer_ping();
  CHECK(world.post("/tools/execute/FREE_PING", {{"user_id", "user_1"}})["successful"] == true);
  answer_ping();
  const Json call = {{"jsonrpc", "2.0"},
                     {"id", 1},
                     {"method", "tools/call"},
                     {"params", {{"name", "FREE_PING"}, {"arguments", Json::object()}}}};
  const Answer mcp =
      world.send_raw("POST", "/mcp?user_id=user_1",
                     {{"x-api-key", kApiKey}, {"content-type", "application/json"}}, dump_json(call));
  CHECK(mcp["result"].at("isError") == false);
  require_error(execute(world, id, "FREE_PING", {{"account", "nobody"}}), 404, "nobody");
}

TEST_CASE("a session runs nothing that it does not have") {
  ApiWorld world;
  world.oauth_account("user_1");
  const std::string no_gmail = world.session("user_1", {{"toolkits", {{"disable", {"gmail"}}}}});
  require_error(execute(world, no_gmail, "GMAIL_GET_PROFILE"), 403, "gmail");
  const std::string one_tool =
      world.session("user_1", {{"tools", {{"gmail", {{"disable", {"GMAIL_GET_PROFILE"}}}}}}});
  require_error(execute(world, one_tool, "GMAIL_GET_PROFILE"), 403, "GMAIL_GET_PROFILE");
  require_error(execute(world, one_tool, "NO_SUCH_TOOL"), 404, "NO_SUCH_TOOL");
  CHECK(world.outside().http.seen().empty());
}

TEST_CASE("a session acts for its own user alone") {
  ApiWorld world;
  const std::string foreign = world.oauth_account("user_a", "work");
  const std::string id = world.session("user_b");
  const Answer none = execute(world, id, "GMAIL_GET_PROFILE");
  require_error(none, 400, "No connected account found");
  CHECK(none["error"].at("code") == 1803);
  CHECK(none["error"].at("suggested_fix").get<std::string>().find("/link") != std::string::npos);
  require_error(execute(world, id, "GMAIL_GET_PROFILE", {{"account", foreign}}), 404, foreign);
  require_error(execute(world, id, "GMAIL_GET_PROFILE", {{"account", "work"}}), 404, "work");
  CHECK(state_of(world.get(path_of(id, "/toolkits?limit=50")), "gmail").at("connected_account").is_null());
  CHECK(world.outside().http.seen().empty());
}

TEST_CASE("an account is chosen by id, by alias, by pin, or as the most recently connected") {
  ApiWorld world;
  const std::string first = world.oauth_account("user_1", "work");
  world.outside().clock.advance(std::chrono::seconds(1));
  const std::string second = second_account(world, "user_1", "home");
  const std::string first_bearer = std::string("Bearer access-") + kSecretMark;
  const std::string second_bearer = "Bearer " + kSecondGrant;
  const std::string id = world.session("user_1");
  const auto bearer = [&](const std::string& session, const Json& more) {
    answer_profile(world);
    const Answer answer = execute(world, session, "GMAIL_GET_PROFILE", more);
    CAPTURE(answer.text);
    CHECK(answer.status == 200);
    return bearer_of_last_call(world);
  };
  CHECK(bearer(id, Json::object()) == second_bearer);
  CHECK(bearer(id, {{"account", first}}) == first_bearer);
  CHECK(bearer(id, {{"account", "work"}}) == first_bearer);
  const std::string pinned = world.session("user_1", {{"connected_accounts", {{"gmail", {first}}}}});
  CHECK(bearer(pinned, Json::object()) == first_bearer);
  require_error(execute(world, pinned, "GMAIL_GET_PROFILE", {{"account", second}}), 404, second);
  const std::string by_config =
      world.session("user_1", {{"auth_configs", {{"gmail", world.auth_config("gmail")}}}});
  CHECK(bearer(by_config, Json::object()) == first_bearer);
}

TEST_CASE("no number of newer attempts to connect hides an account that is connected") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1", "work");
  const std::string config = world.auth_config("gmail");
  auto tx = world.engine().database().write();
  Connection attempt = *connection_store::find(*tx, ConnectionId(account));
  attempt.alias.clear();
  attempt.status = ConnectionStatus::Initiated;
  attempt.connected_at.reset();
  for (int i = 0; i < 101; ++i) {
    attempt.id = ConnectionId(random_id(world.outside().env().random, "ca_"));
    connection_store::insert(*tx, attempt);
  }
  tx->commit();
  tx.reset();
  const std::string id = world.session("user_1", {{"auth_configs", {{"gmail", config}}}});
  for (const char* name : {"", "work", account.c_str()}) {
    CAPTURE(name);
    answer_profile(world);
    CHECK(execute(world, id, "GMAIL_GET_PROFILE", {{"account", name}}).status == 200);
  }
  CHECK(state_of(world.get(path_of(id, "/toolkits?limit=50")), "gmail").at("connected_account").at("id") ==
        account);
  const std::string several =
      world.session("user_1", {{"multi_account", {{"enable", true}, {"require_explicit_selection", true}}}});
  CHECK(manage(world, several, {{"toolkits", {"gmail"}}})
            .at("results")
            .at("gmail")
            .at("accounts")[0]
            .at("id") == account);
  second_account(world, "user_1", "home");
  require_error(execute(world, several, "GMAIL_GET_PROFILE"), 400, "several");
}

TEST_CASE("where several accounts must be told apart, a call without a name is refused") {
  ApiWorld world;
  world.oauth_account("user_1", "work");
  second_account(world, "user_1", "home");
  const std::string id =
      world.session("user_1", {{"multi_account", {{"enable", true}, {"require_explicit_selection", true}}}});
  const Answer answer = execute(world, id, "GMAIL_GET_PROFILE");
  require_error(answer, 400, "account");
  const std::string fix = answer["error"].at("suggested_fix");
  CHECK(fix.find("work") != std::string::npos);
  CHECK(fix.find("home") != std::string::npos);
  answer_profile(world);
  CHECK(execute(world, id, "GMAIL_GET_PROFILE", {{"account", "work"}}).status == 200);
}

TEST_CASE("a call needs no name of an account where there is one, or where the session is not of several") {
  ApiWorld world;
  world.oauth_account("user_1", "work");
  const auto runs = [&](bool is_enabled) {
    const Json several = {{"enable", is_enabled}, {"require_explicit_selection", true}};
    answer_profile(world);
    return execute(world, world.session("user_1", {{"multi_account", several}}), "GMAIL_GET_PROFILE").status;
  };
  CHECK(runs(true) == 200);
  second_account(world, "user_1", "home");
  CHECK(runs(false) == 200);
}

TEST_CASE("an account that waits under another auth config is left to its link") {
  ApiWorld world;
  const Answer other =
      world.post("/connected_accounts/link",
                 {{"auth_config_id", world.custom_config("gmail", "OAUTH2")}, {"user_id", "user_1"}});
  const Json gmail =
      manage(world, world.session("user_1"), {{"toolkits", {"gmail"}}}).at("results").at("gmail");
  CHECK(gmail.at("status") == "initiated");
  CHECK(gmail.at("connected_account_id") != other["connected_account_id"]);
}

TEST_CASE("a call without a tool names the member that its route is given") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  require_error(world.post(path_of(id, "/execute"), Json::object()), 400, "\"tool_slug\" is missing");
  require_error(world.post(path_of(id, "/execute_meta"), Json::object()), 400, "\"slug\" is missing");
  require_error(world.post(path_of(id, "/execute"), {{"slug", ""}}), 400, "\"slug\" is empty");
  require_error(world.post(path_of(id, "/execute_meta"), {{"tool_slug", 5}}), 400, "\"tool_slug\"");
}

TEST_CASE("the raw name of meta execution works, too") {
  ApiWorld world;
  const Answer answer =
      world.post(path_of(world.session("user_1"), "/execute_meta"),
                 {{"slug", "COMPOSIO_MANAGE_CONNECTIONS"}, {"arguments", {{"toolkits", {"gmail"}}}}});
  CHECK(answer.status == 200);
}
