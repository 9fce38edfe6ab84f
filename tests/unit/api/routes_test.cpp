#include <set>

#include "tests/unit/api/api_world.h"
#include "vault/api/v3/v3.h"

using namespace coffer;
using namespace coffer::api;
using namespace coffer::api::testing;

namespace {

// A target that fits the pattern.
std::string target_of(const RouteEntry& route, const std::string& parameter = "x") {
  std::string target = "/api/v3";
  for (const std::string& part : split(route.pattern, '/'))
    target += "/" + (part.front() == ':' ? parameter : part);
  return target;
}

}  // namespace

TEST_CASE("every route is listed once, with a summary") {
  std::set<std::string> seen;
  for (const RouteEntry& route : v3_routes()) {
    const std::string name = std::string(route.method) + " " + std::string(route.pattern);
    CAPTURE(name);
    CHECK(seen.insert(name).second);
    CHECK_FALSE(route.summary.empty());
  }
}

TEST_CASE("no route answers without the API key") {
  ApiWorld world;
  for (const RouteEntry& route : v3_routes()) {
    CAPTURE(route.method, route.pattern);
    require_error(world.send_raw(std::string(route.method), target_of(route), {}, ""), 401, "API key");
  }
}

TEST_CASE("no route fails inside on an empty or foreign body") {
  ApiWorld world;
  const HttpHeaders headers = {{"x-api-key", kApiKey}, {"content-type", "application/json"}};
  for (const RouteEntry& route : v3_routes()) {
    for (const char* body :
         {"", "{}", "[]", "null", "\"x\"", R"({"auth_config":[],"connection":5,"user_id":{}})"}) {
      CAPTURE(route.method, route.pattern, body);
      const Answer answer = world.send_raw(std::string(route.method), target_of(route), headers, body);
      CHECK((answer.status < 500 || answer.status == 501));
    }
  }
}

TEST_CASE("no error repeats more of a path than a line, and none breaks a character") {
  ApiWorld world;
  const HttpHeaders headers = {{"x-api-key", kApiKey}, {"content-type", "application/json"}};
  std::string parameter;  // 2000 times a euro sign
  for (int i = 0; i < 2000; ++i) parameter += "%E2%82%AC";
  for (const RouteEntry& route : v3_routes()) {
    if (route.pattern.find(':') == std::string_view::npos) continue;
    CAPTURE(route.method, route.pattern);
    const Answer answer =
        world.send_raw(std::string(route.method), target_of(route, parameter), headers, "{}");
    if (answer.status < 400) continue;
    const std::string message = answer["error"]["message"];
    CHECK(message.size() < 400);
    CHECK(message.find("\xEF\xBF\xBD") == std::string::npos);
  }
}

TEST_CASE("no error repeats more of a body than a line") {
  ApiWorld world;
  const std::string text(100'000, 'x');
  const auto refuse = [&](const std::string& path, const Json& body) {
    const Answer answer = world.post(path, body);
    CAPTURE(path, body.begin().key());
    REQUIRE(answer.status >= 400);
    CHECK(answer["error"]["message"].get<std::string>().size() < 400);
    CHECK(answer["error"]["suggested_fix"].get<std::string>().size() < 1000);
  };
  refuse("/auth_configs", {{"toolkit", {{"slug", text}}}});
  refuse("/connected_accounts/link", {{"auth_config_id", text}, {"user_id", "user_1"}});
  refuse("/connected_accounts/link",
         {{"auth_config_id", world.auth_config("tavily")}, {"user_id", "user_1"}, {"alias", text}});
  refuse("/tools/execute/GMAIL_GET_PROFILE", {{"user_id", "user_1"}, {"connected_account_id", text}});
  world.oauth_account("user_1");
  refuse("/tools/execute/GMAIL_GET_PROFILE", {{"user_id", "user_1"}, {"arguments", {{text, 1}}}});
  refuse("/tool_router/session", {{"user_id", "user_1"}, {"toolkits", {{"enable", {text}}}}});
  refuse("/tool_router/session", {{"user_id", "user_1"}, {"auth_configs", {{text, "ac_x"}}}});
  refuse("/tool_router/session", {{"user_id", "user_1"}, {"connected_accounts", {{"gmail", {text}}}}});
  refuse("/tool_router/session", {{"user_id", "user_1"}, {"tools", {{text, {"A"}}}}});
  refuse("/tool_router/session", {{"user_id", "user_1"}, {"tools", {{"gmail", {{text, {"A"}}}}}}});
  refuse("/mcp/servers/custom", {{"name", "n"}, {"toolkits", {text}}});
  refuse("/webhook_subscriptions", {{"webhook_url", "http://127.0.0.1:1/"}, {"enabled_events", {text}}});
}
