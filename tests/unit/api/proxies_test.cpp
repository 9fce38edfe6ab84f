#include "tests/unit/api/api_world.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

Json call_of(const std::string& account, const Json& more = Json::object()) {
  Json body = {{"connected_account_id", account},
               {"endpoint", "/gmail/v1/users/me/profile"},
               {"method", "GET"},
               {"parameters", Json::array()}};
  body.update(more);
  return body;
}

Answer proxy(ApiWorld& world, const Json& body) {
  return world.post("/tools/execute/proxy", body);
}

void answer_json(ApiWorld& world, const std::string& body, int status = 200) {
  world.outside().http.answer(status, body, {{"Content-Type", "application/json"}, {"Set-Cookie", "sid=1"}});
}

std::string in_session(const std::string& session) {
  return "/tool_router/session/" + session + "/proxy_execute";
}

}  // namespace

TEST_CASE("a raw call goes out as the account and comes back with status, headers and data") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  answer_json(world, R"({"emailAddress":"alice@example.com"})");
  const Json parameters = {{{"name", "fields"}, {"type", "query"}, {"value", "a b"}},
                           {{"name", "X-Trace"}, {"type", "header"}, {"value", "7"}}};
  const Answer answer = proxy(world, call_of(account, {{"parameters", parameters}}));
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  CHECK(answer["status"] == 200);
  CHECK(answer["data"] == Json({{"emailAddress", "alice@example.com"}}));
  CHECK(answer["headers"] == Json({{"content-type", "application/json"}}));
  const auto seen = world.outside().http.seen().at(0);
  CHECK(seen.url == std::string(kMockUrl) + "/mock/google/gmail/gmail/v1/users/me/profile?fields=a%20b");
  CHECK(header_value(seen.headers, "authorization") == std::string("Bearer access-") + kSecretMark);
  CHECK(header_value(seen.headers, "x-trace") == "7");
}

TEST_CASE("what the service answers is an answer, whatever its status") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  answer_json(world, R"({"error":{"message":"no such thing"}})", 404);
  const Answer answer = proxy(world, call_of(account));
  REQUIRE(answer.status == 200);
  CHECK(answer["status"] == 404);
}

TEST_CASE("an echoed credential is taken out of data, headers and texts") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  const std::string token = std::string("access-") + kSecretMark;
  world.outside().http.answer(200, R"({"you_sent":"Bearer )" + token + R"("})",
                              {{"content-type", "application/json"}, {"x-echo", token}});
  Answer answer = proxy(world, call_of(account));
  CHECK(answer["data"].at("you_sent") == "Bearer [redacted]");
  CHECK(answer["headers"].at("x-echo") == "[redacted]");
  world.outside().http.answer(200, "token " + token, {{"content-type", "text/plain"}});
  answer = proxy(world, call_of(account));
  CHECK(answer["data"] == "token [redacted]");
}

TEST_CASE("a raw call stays within the toolkit's own API and keeps its credential to itself") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  require_error(proxy(world, call_of(account, {{"endpoint", "https://evil.example/x"}})), 400, "endpoint");
  const auto with = [&](const char* name, const char* type) {
    return call_of(account, {{"parameters", {{{"name", name}, {"type", type}, {"value", "x"}}}}});
  };
  for (const char* name : {"Authorization", "authorization", "Cookie", "Host", "Content-Length"}) {
    CAPTURE(name);
    require_error(proxy(world, with(name, "header")), 400, name);
  }
  require_error(proxy(world, with("x", "cookie")), 400, "type");
  require_error(
      proxy(world, call_of(account, {{"custom_auth_params", {{"base_url", "https://evil.example"}}}})), 400,
      "custom_auth_params");
  require_error(proxy(world, call_of(account, {{"custom_connection_data", {{"authScheme", "API_KEY"}}}})),
                400, "custom_connection_data");
  require_error(proxy(world, call_of(account, {{"method", "CONNECT"}})), 400, "method");
  require_error(proxy(world, call_of("ca_unknown")), 404, "ca_unknown");
  require_error(proxy(world, call_of(account, {{"user_id", "user_2"}})), 404, account);
  CHECK(world.outside().http.seen().empty());
}

TEST_CASE("a raw call's body goes out as JSON, as text or as bytes") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  const auto sent = [&](const Json& more) {
    answer_json(world, "{}");
    Json body = call_of(account, {{"method", "POST"}});
    body.update(more);
    const Answer answer = proxy(world, body);
    CAPTURE(answer.text);
    CHECK(answer.status == 200);
    const auto seen = world.outside().http.seen().back();
    return std::pair(std::string(header_value(seen.headers, "content-type")), seen.body);
  };
  using Sent = std::pair<std::string, std::string>;
  CHECK(sent({{"body", {{"a", 1}}}}) == Sent{"application/json", R"({"a":1})"});
  CHECK(sent({{"body", "plain"}}) == Sent{"text/plain; charset=utf-8", "plain"});
  CHECK(sent({{"binary_body", {{"base64", "AAEC"}, {"content_type", "image/png"}}}}) ==
        Sent{"image/png", std::string("\0\1\2", 3)});
  require_error(proxy(world, call_of(account, {{"binary_body", {{"base64", "!"}}}})), 400, "base64");
  require_error(proxy(world, call_of(account, {{"binary_body", {{"url", "https://evil.example/f"}}}})), 501,
                "url");
  require_error(proxy(world, call_of(account, {{"method", "HEAD"}, {"body", {{"a", 1}}}})), 400, "HEAD");
}

TEST_CASE("bytes come back as a URL that holds them, and HEAD brings headers alone") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  world.outside().http.answer(200, std::string("\0\xFF\x02", 3), {{"content-type", "image/png"}});
  const Answer bytes = proxy(world, call_of(account));
  CHECK(bytes["binary_data"] ==
        Json({{"content_type", "image/png"}, {"size", 3}, {"url", "data:image/png;base64,AP8C"}}));
  CHECK_FALSE(bytes.body.contains("data"));
  world.outside().http.answer(204, "", {{"etag", "7"}});
  const Answer head = proxy(world, call_of(account, {{"method", "HEAD"}}));
  CHECK(head["status"] == 204);
  CHECK(head["headers"].at("etag") == "7");
  CHECK_FALSE(head.body.contains("data"));
  CHECK(world.outside().http.seen().back().method == "HEAD");
}

TEST_CASE("a service that cannot be reached is an error with its reason") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  require_error(proxy(world, call_of(account)), 503, "Gmail cannot be reached");
}

TEST_CASE("a raw call that our own rules keep from going out is the caller's mistake") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  world.outside().http.fail({HttpFailure::Sent::No, HttpFailure::Kind::Policy, "a header is malformed"});
  require_error(proxy(world, call_of(account)), 400, "a header is malformed");
}

TEST_CASE("a refused token is refreshed once, and the raw call is made again") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  answer_json(world, R"({"error":{"code":401}})", 401);
  answer_json(world, R"({"access_token":"renewed","expires_in":3600,"token_type":"Bearer"})");
  answer_json(world, R"({"ok":true})");
  const Answer answer = proxy(world, call_of(account));
  CAPTURE(answer.text);
  CHECK(answer["status"] == 200);
  const auto seen = world.outside().http.seen();
  REQUIRE(seen.size() == 3);
  CHECK(header_value(seen[2].headers, "authorization") == "Bearer renewed");
}

TEST_CASE("a session's raw call is its user's, and keeps to the session's toolkits") {
  ApiWorld world;
  world.oauth_account("user_1");
  const Json call = {{"toolkit_slug", "gmail"}, {"endpoint", "/gmail/v1/x"}, {"method", "GET"}};
  answer_json(world, R"({"ok":true})");
  const Answer answer = world.post(in_session(world.session("user_1")), call);
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  CHECK(answer["data"] == Json({{"ok", true}}));
  require_error(world.post(in_session(world.session("user_2")), call), 400, "No connected account found");
  const std::string other = world.session("user_1", {{"toolkits", {{"disable", {"gmail"}}}}});
  require_error(world.post(in_session(other), call), 403, "gmail");
  for (const Json& restriction :
       {Json{{"tags", {"readOnlyHint"}}}, Json{{"tags", {{"disable", {"destructiveHint"}}}}},
        Json{{"tools", {{"gmail", {"GMAIL_GET_PROFILE"}}}}},
        Json{{"tools", {{"GMAIL", {{"disable", {"GMAIL_SEND_EMAIL"}}}}}}},
        Json{{"tools", {{"gmail", {{"tags", {"readOnlyHint"}}}}}}}}) {
    CAPTURE(restriction.dump());
    require_error(world.post(in_session(world.session("user_1", restriction)), call), 403, "raw calls");
  }
  answer_json(world, R"({"ok":true})");
  const Json of_another = {{"tools", {{"tavily", {"TAVILY_TAVILY_SEARCH"}}}}};
  CHECK(world.post(in_session(world.session("user_1", of_another)), call).status == 200);
  const std::string without =
      world.session("user_1", {{"workbench", {{"enable", true}, {"enable_proxy_execution", false}}}});
  require_error(world.post(in_session(without), call), 403, "raw calls");
}
