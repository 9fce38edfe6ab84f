#include "tests/unit/api/api_world.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

// SDKs throw where one of these is null instead of absent, and where a schema is no object.
void require_tool(const Json& tool) {
  require_fields(tool, {"slug", "name", "description", "human_description", "toolkit.slug", "toolkit.name",
                        "input_parameters.type", "output_parameters.type", "tags", "version",
                        "available_versions", "scopes", "no_auth", "is_deprecated", "deprecated"});
  CHECK(tool.at("input_parameters").at("type") == "object");
  CHECK(tool.at("output_parameters").at("type") == "object");
  CHECK(tool.contains("scope_requirements"));
}

}  // namespace

TEST_CASE("every tool has what SDKs need of it") {
  ApiWorld world;
  const Answer page = world.get("/tools?limit=9999");
  REQUIRE(page.status == 200);
  REQUIRE(page["items"].size() > 5);
  for (const Json& tool : page["items"]) require_tool(tool);
}

TEST_CASE("tools are listed by slug, toolkit, tag and words") {
  ApiWorld world;
  const auto slugs = [&](const std::string& query) {
    return ids_of(world.get("/tools?limit=500&" + query), "slug");
  };
  using Slugs = std::vector<std::string>;
  CHECK(slugs("tool_slugs=GMAIL_GET_PROFILE,gmail_fetch_emails,NO_SUCH") ==
        Slugs{"GMAIL_GET_PROFILE", "GMAIL_FETCH_EMAILS"});
  for (const std::string& slug : slugs("toolkit_slug=gmail")) CHECK(slug.starts_with("GMAIL_"));
  CHECK(slugs("toolkit_slug=gmail").size() >= 6);
  CHECK(slugs("toolkit_slug=nothing").empty());
  CHECK(slugs("toolkit_slug=gmail&search=profile") == Slugs{"GMAIL_GET_PROFILE"});
  const Slugs reading = slugs("toolkit_slug=gmail&tags=readOnlyHint");
  CHECK_FALSE(reading.empty());
  CHECK(reading.size() < slugs("toolkit_slug=gmail").size());
}

TEST_CASE("asking for the important tools never empties a toolkit") {
  ApiWorld world;
  for (const Toolkit& toolkit : world.engine().catalog().toolkits()) {
    CAPTURE(toolkit.slug);
    CHECK_FALSE(world.get("/tools?important=true&toolkit_slug=" + toolkit.slug)["items"].empty());
  }
}

TEST_CASE("tools are listed by auth config") {
  ApiWorld world;
  const std::string id = world.auth_config("gmail");
  const Answer page = world.get("/tools?limit=100&auth_config_ids=" + id);
  CHECK(page["items"].size() >= 6);
  for (const Json& tool : page["items"]) CHECK(tool.at("toolkit").at("slug") == "gmail");
  require_page(world.get("/tools?auth_config_ids=ac_unknown"), 0);
  require_page(world.get("/tools?toolkit_slug=tavily&auth_config_ids=" + id), 0);
}

TEST_CASE("a tool is found by its slug in any case and with any version") {
  ApiWorld world;
  require_tool(world.get("/tools/GMAIL_GET_PROFILE").body);
  CHECK(world.get("/tools/gmail_get_profile?toolkit_versions=latest")["slug"] == "GMAIL_GET_PROFILE");
  CHECK(world.get("/tools/GMAIL_GET_PROFILE?version=20250101_00").status == 200);
  require_error(world.get("/tools/NO_SUCH_TOOL"), 404, "NO_SUCH_TOOL");
}

TEST_CASE("a tool's scopes are answered as any one of them") {
  ApiWorld world;
  const Answer tool = world.get("/tools/GMAIL_GET_PROFILE");
  CHECK(tool["scope_requirements"].at("all_of")[0].at("any_of") == tool["scopes"]);
}

TEST_CASE("the enum of tools is a plain list of slugs") {
  ApiWorld world;
  const Answer answer = world.get("/tools/enum");
  REQUIRE(answer.body.is_array());
  CHECK(answer.body.size() == world.get("/tools?limit=1000")["total_items"]);
  CHECK(answer.body[0].is_string());
}

TEST_CASE("a tool runs as a user and answers what SDKs need") {
  ApiWorld world;
  world.oauth_account("user_1");
  world.outside().http.answer(200, R"({"emailAddress":"alice@example.com"})",
                              {{"content-type", "application/json"}});
  const Answer answer =
      world.post("/tools/execute/GMAIL_GET_PROFILE",
                 {{"user_id", "user_1"}, {"arguments", Json::object()}, {"version", "latest"}});
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  require_fields(answer.body, {"data", "log_id"});
  CHECK(answer["error"].is_null());
  CHECK(answer["successful"] == true);
  CHECK(answer["data"].at("emailAddress") == "alice@example.com");
}

TEST_CASE("a failure of the service is an answer, not an error") {
  ApiWorld world;
  world.oauth_account("user_1");
  world.outside().http.answer(404, R"({"error":{"message":"no mailbox"}})",
                              {{"content-type", "application/json"}});
  const Answer answer =
      world.post("/tools/execute/GMAIL_GET_PROFILE", {{"user_id", "user_1"}, {"arguments", Json::object()}});
  REQUIRE(answer.status == 200);
  CHECK(answer["successful"] == false);
  CHECK(answer["error"].is_string());
  CHECK(answer["data"].is_object());
}

TEST_CASE("a user without an account is answered with code 1803") {
  ApiWorld world;
  const Answer answer =
      world.post("/tools/execute/GMAIL_GET_PROFILE", {{"user_id", "nobody"}, {"arguments", Json::object()}});
  require_error(answer, 400, "No connected account found");
  CHECK(answer["error"].at("code") == 1803);
}

TEST_CASE("the older name of user_id works, too") {
  ApiWorld world;
  world.oauth_account("user_1");
  world.outside().http.answer(200, R"({"emailAddress":"alice@example.com"})",
                              {{"content-type", "application/json"}});
  CHECK(world.post("/tools/execute/GMAIL_GET_PROFILE", {{"entity_id", "user_1"}})["successful"] == true);
}

TEST_CASE("two names of one user are one user, of two they are refused") {
  ApiWorld world;
  world.oauth_account("user_1");
  const auto execute = [&](const char* user, const char* entity) {
    world.outside().http.answer(200, "{}", {{"content-type", "application/json"}});
    return world.post("/tools/execute/GMAIL_GET_PROFILE", {{"user_id", user}, {"entity_id", entity}});
  };
  CHECK(execute("user_1", "user_1").status == 200);
  require_error(execute("user_1", "user_2"), 400, "user_id");
  require_error(execute("user_1", "user_2"), 400, "entity_id");
}

TEST_CASE("another user's account cannot be used by naming it") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_a");
  const Answer foreign = world.post("/tools/execute/GMAIL_GET_PROFILE",
                                    {{"user_id", "user_b"}, {"connected_account_id", account}});
  const Answer absent = world.post("/tools/execute/GMAIL_GET_PROFILE",
                                   {{"user_id", "user_b"}, {"connected_account_id", "ca_AAAAAAAAAAAA"}});
  CHECK(foreign.status == absent.status);
  CHECK(foreign.status >= 400);
  CHECK(foreign["error"].at("code") == absent["error"].at("code"));
  CHECK(world.outside().http.seen().empty());
}

TEST_CASE("a call that is not an object of the right types is refused before anything is sent") {
  ApiWorld world;
  world.oauth_account("user_1");
  const auto [body, fragment] = GENERATE(table<std::string, std::string>({
      {R"({"user_id":"user_1","arguments":[]})", "arguments"},
      {R"({"user_id":7})", "user_id"},
      {R"({"user_id":"user_1","connected_account_id":7})", "connected_account_id"},
      {R"({"user_id":"user_1","arguments":{"user_id":5}})", "user_id"},
      {R"({"user_id":"user_1","custom_auth_params":{"base_url":"https://evil.example.com"}})",
       "custom_auth_params"},
      {R"({"user_id":"user_1","custom_connection_data":{"authScheme":"API_KEY"}})", "custom_connection_data"},
      {R"({"user_id":"user_1","text":"read my mail"})", "text"},
  }));
  const HttpHeaders headers = {{"x-api-key", kApiKey}, {"content-type", "application/json"}};
  require_error(world.send_raw("POST", "/api/v3/tools/execute/GMAIL_GET_PROFILE", headers, body), 400,
                fragment);
  CHECK(world.outside().http.seen().empty());
}

TEST_CASE("what SDKs know and this daemon does not offer is told as such") {
  ApiWorld world;
  for (const char* path :
       {"/tools/execute/GMAIL_GET_PROFILE/input", "/tool_router/session/x/mounts/m/upload_url",
        "/files/upload/request", "/logs/tool_execution"}) {
    const Answer answer = world.post(path, Json::object());
    require_error(answer, 501, "not offered");
    CHECK(answer["error"].at("slug") == "unsupported");
    CHECK(header_value(answer.headers, "x-should-retry") == "false");
  }
}

TEST_CASE("no more than 96 calls wait for one service, and the next is told to come back") {
  ApiWorld world;
  world.oauth_account("user_1");
  Answer refused;
  int served = 0;
  const auto call = [&] {
    Answer answer = world.post("/tools/execute/GMAIL_GET_PROFILE",
                               {{"user_id", "user_1"}, {"arguments", Json::object()}});
    if (answer.status == 200) ++served;
    if (answer.status != 200) refused = std::move(answer);
  };
  // Each is answered when the next one is: all of them wait at once.
  for (int i = 0; i < 96; ++i) {
    world.outside().http.answer_with([&](const HttpRequest&) -> HttpResult {
      call();
      HttpResponse response;
      response.status = 200;
      response.body = "{}";
      return response;
    });
  }
  call();
  CHECK(served == 96);
  require_error(refused, 503, "too many requests wait for http://127.0.0.1:4000 already");
  CHECK(header_value(refused.headers, "retry-after") == "1");
  world.outside().http.answer(200, "{}");
  call();
  CHECK(served == 97);
}
