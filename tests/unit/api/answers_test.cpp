#include <set>

#include "tests/unit/api/answer_check.h"
#include "tests/unit/api/api_world.h"
#include "vault/api/v3/v3.h"

using namespace coffer;
using namespace coffer::api;
using namespace coffer::api::testing;

namespace {

// Remembers the routes that answered well; ApiWorld compares each answer with its schema.
struct Walk : ApiWorld {
  std::set<std::string> walked;

  Answer ask(const std::string& method, const std::string& path, const Json& body = nullptr) {
    const Answer answer = send(method, path, body);
    CAPTURE(method, path, answer.text);
    REQUIRE(answer.status < 300);
    walked.insert(route_of(method, "/api/v3.1" + path.substr(0, path.find('?'))));
    return answer;
  }
  void service_answers(int status = 200) {
    outside().http.answer(status, R"({"emailAddress":"alice@example.com"})",
                          {{"content-type", "application/json"}});
  }

  void walk_catalog() {
    for (const char* path : {"/toolkits", "/toolkits/categories", "/toolkits/changelog", "/toolkits/gmail",
                             "/toolkits/jira", "/tools?limit=1000", "/tools/enum", "/tools/GMAIL_GET_PROFILE",
                             "/org/project/config", "/auth/session/info", "/trigger_instances/active",
                             "/triggers_types", "/triggers_types/list/enum"}) {
      ask("GET", path);
    }
    ask("POST", "/toolkits/multi", {{"toolkits", {"gmail"}}});
    ask("PATCH", "/org/project/config", {{"display_name", "here"}});
  }

  void walk_auth_configs() {
    ask("POST", "/auth_configs", {{"toolkit", {{"slug", "gmail"}}}});
    ask("GET", "/auth_configs");
    const std::string path = "/auth_configs/" + custom_config("gmail", "OAUTH2");
    ask("PATCH", path,
        {{"type", "custom"},
         {"tool_access_config", {{"tools_available_for_execution", {"GMAIL_GET_PROFILE"}}}}});
    ask("GET", path);
    ask("PATCH", path + "/DISABLED");
    ask("DELETE", path);
  }

  void walk_accounts() {
    const std::string path = "/connected_accounts/" + oauth_account("user_1", "work");
    const Json val = {{"generic_api_key", kSecretMark}};
    const Json state = {{"authScheme", "API_KEY"}, {"val", val}};
    ask("POST", "/connected_accounts",
        {{"auth_config", {{"id", auth_config("tavily")}}},
         {"connection", {{"user_id", "user_2"}, {"state", state}}}});
    ask("POST", "/connected_accounts/link",
        {{"auth_config_id", auth_config("gmail")},
         {"user_id", "user_3"},
         {"experimental",
          {{"account_type", "SHARED"}, {"acl_config_for_shared", {{"allow_all_users", true}}}}}});
    ask("GET", "/connected_accounts?account_type=ALL");
    ask("PATCH", path, {{"alias", "home"}});
    ask("PATCH", path + "/status", {{"enabled", false}});
    ask("PATCH", path + "/status", {{"enabled", true}});
    ask("POST", path + "/refresh", Json::object());
    service_answers();
    service_answers();
    ask("POST", path + "/revoke", Json::object());
    ask("GET", path);
    ask("DELETE", path);
  }

  void walk_execution() {
    const Json as_user = {{"user_id", "user_4"}, {"arguments", Json::object()}};
    const std::string account = oauth_account("user_4");
    service_answers();
    ask("POST", "/tools/execute/GMAIL_GET_PROFILE", as_user);
    service_answers(404);
    ask("POST", "/tools/execute/GMAIL_GET_PROFILE", as_user);
    service_answers();
    ask("POST", "/tools/execute/proxy",
        {{"connected_account_id", account}, {"method", "GET"}, {"endpoint", "/gmail/v1/users/me/profile"}});
  }

  void walk_session() {
    const Json config = {{"user_id", "user_4"},
                         {"toolkits", {{"enable", {"gmail", "tavily"}}}},
                         {"tags", {{"disable", {"destructiveHint"}}}},
                         {"workbench", {{"enable", true}}}};
    const std::string id = ask("POST", "/tool_router/session", config)["session_id"];
    const std::string path = "/tool_router/session/" + id;
    const Json own = {{"slug", "GREP"},
                      {"name", "Grep"},
                      {"description", "Search files"},
                      {"input_schema", Json::object()},
                      {"output_schema", Json::object()}};
    const Json toolkit = {{"slug", "DEV"}, {"name", "Dev"}, {"description", "Developers"}, {"tools", {own}}};
    ask("POST", path + "/attach",
        {{"experimental", {{"custom_tools", {own}}, {"custom_toolkits", {toolkit}}}}});
    ask("GET", path);
    ask("PATCH", path, {{"multi_account", {{"enable", true}}}});
    ask("POST", path + "/link", {{"toolkit", "tavily"}});
    ask("GET", path + "/toolkits");
    ask("GET", path + "/tools");
    ask("POST", path + "/search", {{"queries", {{{"use_case", "send an email"}}, {{"use_case", "qqqq"}}}}});
    service_answers();
    ask("POST", path + "/execute", {{"tool_slug", "GMAIL_GET_PROFILE"}, {"arguments", Json::object()}});
    ask("POST", path + "/execute_meta",
        {{"slug", "COMPOSIO_MANAGE_CONNECTIONS"}, {"arguments", {{"toolkits", {"gmail"}}}}});
    service_answers();
    ask("PATCH", path, {{"tags", nullptr}});
    ask("POST", path + "/proxy_execute",
        {{"toolkit_slug", "gmail"}, {"method", "GET"}, {"endpoint", "/gmail/v1/users/me/profile"}});
    ask("DELETE", path);
  }

  void walk_webhooks() {
    const std::string path = "/webhook_subscriptions";
    const std::string id = ask("POST", path,
                               {{"webhook_url", "https://app.example.com/hook"},
                                {"enabled_events", {"composio.connected_account.expired"}},
                                {"version", "V3"}})["id"];
    ask("GET", path);
    ask("GET", path + "/event_types");
    ask("GET", path + "/" + id);
    ask("PATCH", path + "/" + id, {{"webhook_url", "https://app.example.com/other"}});
    ask("POST", path + "/" + id + "/rotate_secret", Json::object());
    ask("DELETE", path + "/" + id);
  }

  void walk_mcp_servers() {
    const Json choice = {{"name", "mail"}, {"toolkits", {"gmail"}}};
    ask("POST", "/mcp/servers/custom", choice);
    const std::string id = ask("POST", "/mcp/servers", choice)["id"];
    ask("GET", "/mcp/servers");
    ask("POST", "/mcp/servers/generate", {{"mcp_server_id", id}, {"user_ids", {"user_1"}}});
    ask("GET", "/mcp/" + id);
    ask("PATCH", "/mcp/" + id, {{"name", "post"}});
    ask("DELETE", "/mcp/" + id);
  }
};

}  // namespace

TEST_CASE_METHOD(Walk, "every route answers what the OpenAPI document says, no more and no less") {
  walk_catalog();
  walk_auth_configs();
  walk_accounts();
  walk_execution();
  walk_session();
  walk_webhooks();
  walk_mcp_servers();
  // There are no triggers: these refuse every name.
  const std::set<std::string> without_success = {
      "POST /trigger_instances/:slug/upsert", "PATCH /trigger_instances/manage/:id",
      "DELETE /trigger_instances/manage/:id", "GET /triggers_types/:slug"};
  for (const Notation& answer : v3_answers().routes) {
    CAPTURE(answer.name);
    const std::string route(answer.name);
    CHECK(walked.contains(route) != without_success.contains(route));
  }
}
