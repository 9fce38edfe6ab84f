#include "tests/unit/api/session_calls.h"

#include <algorithm>
#include <future>

using namespace coffer;
using namespace coffer::api::testing;

namespace {

using Slugs = std::vector<std::string>;

const char* const kManage = "COMPOSIO_MANAGE_CONNECTIONS";
const char* const kSearch = "COMPOSIO_SEARCH_TOOLS";
const char* const kSchemas = "COMPOSIO_GET_TOOL_SCHEMAS";
const char* const kMulti = "COMPOSIO_MULTI_EXECUTE_TOOL";
const char* const kWait = "COMPOSIO_WAIT_FOR_CONNECTIONS";

const Json kWithWaiting = {{"manage_connections", {{"enable", true}, {"enable_wait_for_connections", true}}}};

Answer run(ApiWorld& world, const std::string& session, const std::string& tool, const Json& arguments) {
  return world.post(path_of(session, "/execute"), {{"tool_slug", tool}, {"arguments", arguments}});
}

Json data_of(const Answer& answer) {
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  REQUIRE(answer["error"].is_null());
  require_fields(answer.body, {"data", "log_id"});
  return answer["data"];
}

Slugs meta_slugs(ApiWorld& world, const std::string& session) {
  Slugs slugs = ids_of(world.get(path_of(session, "/tools?limit=500")), "slug");
  slugs.erase(std::remove_if(slugs.begin(), slugs.end(),
                             [](const std::string& slug) { return !slug.starts_with("COMPOSIO_"); }),
              slugs.end());
  return slugs;
}

void answer_all_profiles(ApiWorld& world, int times) {
  for (int i = 0; i < times; ++i) {
    world.outside().http.answer(200, R"({"emailAddress":"alice@example.com"})",
                                {{"content-type", "application/json"}});
  }
}

Json search(ApiWorld& world, const std::string& session, const std::string& use_case,
            Json more = Json::object()) {
  more["queries"] = Json::array({{{"use_case", use_case}}});
  return data_of(run(world, session, kSearch, more));
}

}  // namespace

TEST_CASE("a session has the meta tools that its configuration leaves it, in list, view and use alike") {
  struct Case {
    Json config;
    Slugs expected;
  };
  const std::vector<Case> cases = {
      {Json::object(), {kManage, kSearch, kSchemas, kMulti}},
      {kWithWaiting, {kManage, kWait, kSearch, kSchemas, kMulti}},
      {{{"manage_connections", {{"enable", false}, {"enable_wait_for_connections", true}}}},
       {kSearch, kSchemas, kMulti}},
      {{{"search", {{"enable", false}}}}, {kManage, kMulti}},
      {{{"execute", {{"enable_multi_execute", false}}}}, {kManage, kSearch, kSchemas}},
  };
  ApiWorld world;
  for (const Case& one : cases) {
    CAPTURE(one.config.dump());
    const std::string id = world.session("user_1", one.config);
    CHECK(meta_slugs(world, id) == one.expected);
    CHECK(world.get(path_of(id))["tool_router_tools"].get<Slugs>() == one.expected);
    for (const char* tool : {kManage, kWait, kSearch, kSchemas, kMulti}) {
      CAPTURE(tool);
      const bool has = std::find(one.expected.begin(), one.expected.end(), tool) != one.expected.end();
      // Without arguments: 400 where the tool is there, 403 where it is not.
      CHECK(run(world, id, tool, Json::object()).status == (has ? 400 : 403));
    }
  }
}

TEST_CASE("tools that would run code of others are not offered") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  for (const char* tool : {"COMPOSIO_REMOTE_WORKBENCH", "COMPOSIO_REMOTE_BASH_TOOL"}) {
    require_error(run(world, id, tool, {{"code", "1"}}), 501, tool);
  }
}

TEST_CASE("a search answers all that SDKs need: tools, schemas, connections, the next step") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1", "work");
  const std::string id = world.session("user_1");
  const Json found = search(world, id, "send an email");
  require_fields(found,
                 {"success", "results.0.index", "results.0.use_case", "results.0.primary_tool_slugs",
                  "results.0.related_tool_slugs", "results.0.toolkits", "tool_schemas",
                  "toolkit_connection_statuses.0.toolkit", "toolkit_connection_statuses.0.description",
                  "toolkit_connection_statuses.0.status_message", "next_steps_guidance.0", "session.id",
                  "session.generate_id", "session.instructions", "time_info.current_time_utc",
                  "time_info.current_time_utc_epoch_seconds", "time_info.message"});
  CHECK(found.at("error").is_null());
  CHECK(found.at("results")[0].at("primary_tool_slugs")[0] == "GMAIL_SEND_EMAIL");
  const Json& schema = found.at("tool_schemas").at("GMAIL_SEND_EMAIL");
  CHECK(schema.at("hasFullSchema") == true);
  CHECK(schema.at("input_schema").at("properties").contains("recipient_email"));
  for (const Json& status : found.at("toolkit_connection_statuses")) {
    const bool is_gmail = status.at("toolkit") == "gmail";
    CHECK(status.at("has_active_connection") == is_gmail);
    if (is_gmail) CHECK(status.at("accounts")[0].at("id") == account);
  }
}

TEST_CASE("a search keeps to the session's toolkits and tools, and to those asked for") {
  ApiWorld world;
  const std::string only_gmail = world.session("user_1", {{"toolkits", {{"enable", {"gmail"}}}}});
  CHECK(search(world, only_gmail, "open a ticket").at("tool_schemas").count("JIRA_CREATE_ISSUE") == 0);
  const std::string reading = world.session("user_1", {{"tags", {{"enable", {"readOnlyHint"}}}}});
  CHECK(search(world, reading, "send an email").at("tool_schemas").count("GMAIL_SEND_EMAIL") == 0);
  const std::string all = world.session("user_1");
  const Json jira = search(world, all, "open a ticket", {{"toolkits", {"JIRA"}}});
  CHECK(jira.at("results")[0].at("primary_tool_slugs")[0] == "JIRA_CREATE_ISSUE");
  CHECK(jira.at("results")[0].at("toolkits") == Json::array({"jira"}));
}

TEST_CASE("a search that finds nothing says so in its own result") {
  ApiWorld world;
  const Json found = search(world, world.session("user_1"), "xyzzy");
  CHECK(found.at("results")[0].at("primary_tool_slugs").empty());
  require_fields(found, {"results.0.error"});
}

TEST_CASE("a search without a usable query is refused") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  require_error(run(world, id, kSearch, {{"queries", Json::array()}}), 400, "queries");
  require_error(run(world, id, kSearch, {{"queries", {"send"}}}), 400, "use_case");
  require_error(run(world, id, kSearch, {{"queries", Json(11, {{"use_case", "send"}})}}), 400, "10");
}

TEST_CASE("where links are switched off, a search does not speak of them") {
  ApiWorld world;
  const std::string id = world.session("user_1", {{"manage_connections", {{"enable", false}}}});
  CHECK(search(world, id, "send an email").dump().find(kManage) == std::string::npos);
}

TEST_CASE("schemas come by slug, and what the session has not is named") {
  ApiWorld world;
  const std::string id = world.session("user_1", {{"toolkits", {{"enable", {"gmail"}}}}});
  const Json found =
      data_of(run(world, id, kSchemas, {{"tool_slugs", {"gmail_send_email", "JIRA_GET_ISSUE", "NOTHING"}}}));
  require_fields(found, {"tool_schemas.GMAIL_SEND_EMAIL.input_schema.properties",
                         "tool_schemas.GMAIL_SEND_EMAIL.output_schema"});
  CHECK(found.at("tool_schemas").size() == 1);
  CHECK(found.at("not_found") == Json::array({"JIRA_GET_ISSUE", "NOTHING"}));
  CHECK(found.at("success") == false);
}

TEST_CASE("of several calls each has its own result, in the order of the calls") {
  ApiWorld world;
  world.oauth_account("user_1");
  const std::string id = world.session("user_1");
  answer_all_profiles(world, 2);
  const Json calls = Json::array({{{"tool_slug", "GMAIL_GET_PROFILE"}, {"arguments", Json::object()}},
                                  {{"tool_slug", "TAVILY_TAVILY_SEARCH"}, {"arguments", {{"query", "x"}}}},
                                  {{"tool_slug", "NO_SUCH_TOOL"}},
                                  {{"tool_slug", kManage}, {"arguments", {{"toolkits", {"gmail"}}}}},
                                  "nothing",
                                  {{"tool_slug", "GMAIL_GET_PROFILE"}}});
  const Json data = data_of(run(world, id, kMulti, {{"tools", calls}}));
  CHECK(data.at("total_count") == 6);
  CHECK(data.at("success_count") == 2);
  CHECK(data.at("error_count") == 4);
  const Json& results = data.at("results");
  REQUIRE(results.size() == 6);
  for (std::size_t i = 0; i < results.size(); ++i) {
    CAPTURE(i, results[i].dump());
    CHECK(results[i].at("index") == i);
    const bool is_good = i == 0 || i == 5;
    CHECK(results[i].at("response").at("successful") == is_good);
    CHECK(results[i].contains("error") == !is_good);
    CHECK(results[i].at("response").at("data").is_object());
  }
  CHECK(results[0].at("response").at("data").at("emailAddress") == "alice@example.com");
  const std::string missing = results[1].at("error");
  CHECK(missing.find("No connected account found") != std::string::npos);
  CHECK(missing.find(kManage) != std::string::npos);
  CHECK(results[2].at("error").get<std::string>().find("NO_SUCH_TOOL") != std::string::npos);
}

TEST_CASE("meta tools among several calls are told to be called by themselves, not to be absent") {
  ApiWorld world;
  const Json calls = Json::array({{{"tool_slug", kManage}, {"arguments", {{"toolkits", {"gmail"}}}}},
                                  {{"tool_slug", "composio_search_tools"}},
                                  {{"tool_slug", "COMPOSIO_REMOTE_BASH_TOOL"}}});
  const Json data = data_of(run(world, world.session("user_1"), kMulti, {{"tools", calls}}));
  CHECK(data.at("error_count") == 3);
  const auto error_of = [&](std::size_t index) {
    return data.at("results").at(index).at("error").get<std::string>();
  };
  for (const std::size_t index : {0U, 1U}) {
    CAPTURE(error_of(index));
    CHECK(error_of(index).find("\"tool_slug\" names a meta tool") == 0);
    CHECK(error_of(index).find("does not exist") == std::string::npos);
  }
  CHECK(error_of(2).find("not offered") != std::string::npos);
}

TEST_CASE("fifty calls run together, one more is refused") {
  ApiWorld world;
  world.oauth_account("user_1");
  const std::string id = world.session("user_1");
  answer_all_profiles(world, 50);
  const Json call = {{"tool_slug", "GMAIL_GET_PROFILE"}};
  CHECK(data_of(run(world, id, kMulti, {{"tools", Json(50, call)}})).at("success_count") == 50);
  require_error(run(world, id, kMulti, {{"tools", Json(51, call)}}), 400, "50");
  require_error(run(world, id, kMulti, {{"tools", Json::array()}}), 400, "tools");
}

TEST_CASE("a tool that lacks an account names the way to a link, and works once it is connected") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const Answer refused = run(world, id, "GMAIL_GET_PROFILE", Json::object());
  require_error(refused, 400, "No connected account found");
  CHECK(refused["error"].at("suggested_fix").get<std::string>().find(kManage) != std::string::npos);
  const Json managed = data_of(run(world, id, kManage, {{"toolkits", {"gmail"}}}));
  CHECK(managed.at("results").at("gmail").at("redirect_url").is_string());
  world.oauth_account("user_1");
  answer_all_profiles(world, 1);
  CHECK(data_of(run(world, id, "GMAIL_GET_PROFILE", Json::object())).at("emailAddress") ==
        "alice@example.com");
}

TEST_CASE("where links are switched off, a refused call names none") {
  ApiWorld world;
  const std::string id = world.session("user_1", {{"manage_connections", {{"enable", false}}}});
  const Answer refused = run(world, id, "GMAIL_GET_PROFILE", Json::object());
  require_error(refused, 400, "No connected account found");
  const std::string fix = refused["error"].at("suggested_fix");
  CHECK(fix.find(kManage) == std::string::npos);
  CHECK(fix.find("/link") == std::string::npos);
}

TEST_CASE("waiting ends at once where all is connected or no time is given") {
  ApiWorld world;
  world.oauth_account("user_1");
  const std::string id = world.session("user_1", kWithWaiting);
  const Json done = data_of(run(world, id, kWait, {{"toolkits", {"gmail"}}}));
  CHECK(done.at("all_connected") == true);
  CHECK(done.at("timed_out") == false);
  CHECK(done.at("results").at("gmail").at("status") == "active");
  const Json both =
      data_of(run(world, id, kWait, {{"toolkits", {"gmail", "tavily"}}, {"timeout_seconds", 0}}));
  CHECK(both.at("all_connected") == false);
  CHECK(both.at("timed_out") == true);
  CHECK(both.at("results").at("tavily").at("status") == "waiting");
  const Json any = data_of(run(world, id, kWait, {{"toolkits", {"gmail", "tavily"}}, {"mode", "any"}}));
  CHECK(any.at("timed_out") == false);
}

TEST_CASE("waiting ends when the user connects") {
  ApiWorld world;
  const std::string id = world.session("user_1", kWithWaiting);
  auto waiting = std::async(std::launch::async, [&] {
    return world.engine().wait_in_request(world.engine().change_count(), std::chrono::seconds(20));
  });
  while (waiting.wait_for(std::chrono::milliseconds(1)) == std::future_status::timeout) {
    world.api_key_account("user_1");
  }
  CHECK(waiting.get());
  CHECK(data_of(run(world, id, kWait, {{"toolkits", {"tavily"}}})).at("all_connected") == true);
}

TEST_CASE("a server that stops lets those who wait go") {
  ApiWorld world;
  auto waiting = std::async(std::launch::async, [&] {
    return world.engine().wait_in_request(world.engine().change_count(), std::chrono::seconds(20));
  });
  while (waiting.wait_for(std::chrono::milliseconds(1)) == std::future_status::timeout) {
    world.engine().end_request_waits();
  }
  CHECK_FALSE(waiting.get());
}

TEST_CASE("waiting for what cannot be is refused") {
  ApiWorld world;
  Json config = kWithWaiting;
  config["toolkits"] = {{"enable", {"gmail"}}};
  const std::string id = world.session("user_1", config);
  require_error(run(world, id, kWait, {{"toolkits", {"nothing"}}}), 404, "nothing");
  require_error(run(world, id, kWait, {{"toolkits", {"tavily"}}}), 403, "tavily");
  require_error(run(world, id, kWait, {{"toolkits", {"gmail"}}, {"timeout_seconds", 31}}), 400,
                "timeout_seconds");
  require_error(run(world, id, kWait, {{"toolkits", {"gmail"}}, {"mode", "some"}}), 400, "mode");
}
