#include "tests/unit/api/api_world.h"
#include "vault/store/audit_log.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

constexpr const char* kKey = "tvly-s3cr3tmark-0123";
constexpr const char* kToken = "ya29-s3cr3tmark-4567";

Json key_of_tavily(const Json& val = {{"generic_api_key", kKey}}) {
  return {{"authScheme", "API_KEY"}, {"toolkitSlug", "tavily"}, {"val", val}};
}

Json parameter(const char* place, const char* name, const Json& value) {
  return {{"in", place}, {"name", name}, {"value", value}};
}

struct GivenWorld : ApiWorld {
  Answer search(const Json& more) {
    Json body = {{"user_id", "user_1"}, {"arguments", {{"query", "honey"}}}};
    body.update(more);
    return post("/tools/execute/TAVILY_TAVILY_SEARCH", body);
  }
  Answer search_with(const Json& parameters) {
    return search({{"custom_auth_params", {{"parameters", parameters}}}});
  }
  void service_answers(const Json& body, int status = 200) {
    outside().http.answer(status, dump_json(body), {{"content-type", "application/json"}});
  }
  std::string sent(const char* header) {
    return std::string(header_value(outside().http.seen().at(0).headers, header));
  }
};

}  // namespace

TEST_CASE_METHOD(GivenWorld, "a credential that the caller brings runs one call, and nothing of it is kept") {
  service_answers({{"echo", kKey}});
  const Answer answer = search({{"custom_connection_data", key_of_tavily()}});
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  CHECK(answer["successful"] == true);
  CHECK(answer["data"].at("echo") == "[redacted]");
  CHECK(sent("authorization") == std::string("Bearer ") + kKey);
  require_page(get("/connected_accounts?account_type=ALL"), 0);
  const auto entries = audit_log::list(*engine().database().read(), ConnectionId(), 10);
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].action == "used_once");
  CHECK(entries[0].detail == "TAVILY_TAVILY_SEARCH, custom_connection_data of API_KEY");
}

TEST_CASE_METHOD(GivenWorld, "what the service refuses of a caller's credential is final") {
  const std::string account = oauth_account("user_1");
  service_answers({{"error", {{"message", "Invalid Credentials"}}}}, 401);
  const Json val = {{"access_token", kToken}, {"refresh_token", "1//s3cr3tmark"}};
  const Json data = {{"authScheme", "OAUTH2"}, {"toolkitSlug", "gmail"}, {"val", val}};
  const Answer answer =
      post("/tools/execute/GMAIL_GET_PROFILE", {{"user_id", "user_1"}, {"custom_connection_data", data}});
  REQUIRE(answer.status == 200);
  CHECK(answer["successful"] == false);
  CHECK(answer["error"] == "Gmail refused the credential (401: Invalid Credentials)");
  CHECK(outside().http.seen().size() == 1);
  CHECK(sent("authorization") == std::string("Bearer ") + kToken);
  CHECK(get("/connected_accounts/" + account)["status"] == "ACTIVE");
}

TEST_CASE_METHOD(GivenWorld,
                 "a caller's credential that the toolkit does not take is refused before it is sent") {
  const Json with_break = {{"generic_api_key", "s3cr3tmark\r\nX-Other: 1"}};
  const auto [data, fragment] = GENERATE_COPY(table<Json, std::string>({
      {Json{{"authScheme", "API_KEY"}, {"val", {{"generic_api_key", kKey}}}}, "toolkitSlug"},
      {Json{{"authScheme", "API_KEY"}, {"toolkitSlug", "gmail"}, {"val", {{"api_key", kKey}}}},
       "toolkitSlug"},
      {Json{{"toolkitSlug", "tavily"}, {"val", {{"generic_api_key", kKey}}}}, "authScheme"},
      {Json{{"authScheme", "MAGIC"}, {"toolkitSlug", "tavily"}, {"val", Json::object()}}, "authScheme"},
      {Json{{"authScheme", "OAUTH2"}, {"toolkitSlug", "tavily"}, {"val", {{"access_token", kToken}}}},
       "authScheme"},
      {Json{{"authScheme", "API_KEY"}, {"toolkitSlug", "tavily"}}, "val"},
      {key_of_tavily(Json::object()), "val"},
      {key_of_tavily({{"generic_api_key", kKey}, {"base_url", "https://evil.example"}}), "val.base_url"},
      {key_of_tavily({{"generic_api_key", 7}}), "val.generic_api_key"},
      {key_of_tavily(with_break), "cannot be sent"},
  }));
  service_answers(Json::object());  // for a request that must not come
  require_error(search({{"custom_connection_data", data}}), 400, fragment);
  CHECK(outside().http.seen().empty());
}

TEST_CASE_METHOD(GivenWorld,
                 "what belongs to an account besides its credential is given by the toolkit's rules") {
  const auto about_me = [&](const Json& val) {
    return post(
        "/tools/execute/ZENDESK_GET_ABOUT_ME",
        {{"custom_connection_data", {{"authScheme", "BASIC"}, {"toolkitSlug", "zendesk"}, {"val", val}}}});
  };
  Json val = {{"username", "ann@example.com"}, {"password", kKey}};
  require_error(about_me(val), 400, "subdomain");
  val["subdomain"] = "evil.example/";
  require_error(about_me(val), 400, "subdomain");
  CHECK(outside().http.seen().empty());
  val["subdomain"] = "acme";
  service_answers({{"user", {{"id", 1}}}});
  CHECK(about_me(val)["successful"] == true);
}

TEST_CASE_METHOD(GivenWorld,
                 "headers and query parameters of the caller stand in the place of a credential") {
  service_answers({{"bare", kToken}, {"whole", std::string("Bearer ") + kToken}, {"number", "73737373"}});
  const Answer answer =
      search_with({parameter("header", "authorization", std::string("Bearer ") + kToken),
                   parameter("header", "X-Trace", "seven"), parameter("query", "pin", 73737373)});
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  CHECK(sent("authorization") == std::string("Bearer ") + kToken);
  CHECK(sent("x-trace") == "seven");
  CHECK_THAT(outside().http.seen()[0].url, Catch::EndsWith("?pin=73737373"));
  CHECK(answer["data"] ==
        Json({{"bare", "[redacted]"}, {"whole", "Bearer [redacted]"}, {"number", "[redacted]"}}));
}

TEST_CASE_METHOD(GivenWorld,
                 "the password of a caller's Basic header is redacted where the service repeats it") {
  service_answers({{"echo", "s3cr3tmark"}});
  // "ann:s3cr3tmark", RFC 7617 section 2
  const Answer answer =
      search_with(Json::array({parameter("header", "Authorization", "Basic YW5uOnMzY3IzdG1hcms=")}));
  CHECK(sent("authorization") == "Basic YW5uOnMzY3IzdG1hcms=");
  CHECK(answer["data"].at("echo") == "[redacted]");
}

TEST_CASE_METHOD(GivenWorld, "a parameter that is not the caller's to set is refused before it is sent") {
  const Json good = parameter("header", "X-API-Key", kKey);
  const auto [parameters, fragment] = GENERATE_COPY(table<Json, std::string>({
      {Json::array(), "parameters"},
      {Json::array({parameter("header", "Host", "evil.example")}), "parameters.0.name"},
      {Json::array({parameter("header", "content-LENGTH", "0")}), "parameters.0.name"},
      {Json::array({parameter("header", "Transfer-Encoding", "chunked")}), "parameters.0.name"},
      {Json::array({parameter("header", "Connection", "X-API-Key")}), "parameters.0.name"},
      {Json::array({parameter("header", "X: 1\r\nY", "1")}), "parameters.0.name"},
      {Json::array({good, parameter("header", "x-api-key", kKey)}), "parameters.1.name"},
      {Json::array({parameter("header", "X-Key", "s3cr3tmark\r\nX-Other: 1")}), "parameters.0.value"},
      {Json::array({parameter("header", "X-Key", "")}), "parameters.0.value"},
      {Json::array({parameter("cookie", "X-Key", kKey)}), "parameters.0.in"},
      {Json::array({Json("text")}), "parameters"},
  }));
  service_answers(Json::object());  // for a request that must not come
  CAPTURE(parameters.dump());
  require_error(search_with(parameters), 400, fragment);
  CHECK(outside().http.seen().empty());
}

TEST_CASE_METHOD(GivenWorld, "a caller's credential goes to the toolkit's own API and nowhere else") {
  const Json parameters = Json::array({parameter("header", "Authorization", std::string("Bearer ") + kKey)});
  const auto run = [&](const Json& params) { return search({{"custom_auth_params", params}}); };
  require_error(run({{"base_url", "https://evil.example"}, {"parameters", parameters}}), 400,
                "custom_auth_params.base_url");
  require_error(run({{"base_url", std::string(kMockUrl) + "@evil.example"}, {"parameters", parameters}}), 400,
                "custom_auth_params.base_url");
  require_error(run({{"body", {{"api_key", kKey}}}, {"parameters", parameters}}), 400,
                "custom_auth_params.body");
  CHECK(outside().http.seen().empty());
  service_answers(Json::object());
  const std::string own = engine().catalog().find_toolkit("tavily")->base_url;
  CHECK(run({{"base_url", own + "/"}, {"body", Json::object()}, {"parameters", parameters}}).status == 200);
  CHECK(outside().http.seen().at(0).url.starts_with(own));
}

TEST_CASE_METHOD(GivenWorld,
                 "a stored account beside a caller's credential is refused, of two credentials one counts") {
  const Json params = {{"parameters", Json::array({parameter("header", "Authorization", kToken)})}};
  const Json both = {{"custom_connection_data", key_of_tavily()}, {"custom_auth_params", params}};
  Json with_account = both;
  with_account["connected_account_id"] = api_key_account("user_1");
  require_error(search(with_account), 400, "connected_account_id");
  CHECK(outside().http.seen().empty());
  service_answers(Json::object());
  CHECK(search(both).status == 200);
  CHECK(sent("authorization") == std::string("Bearer ") + kKey);
}
