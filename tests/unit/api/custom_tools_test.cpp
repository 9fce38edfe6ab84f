// Tools that an application runs itself, as its SDK tells a session of them.
#include <algorithm>

#include "tests/unit/api/session_calls.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

Json tool_of(const std::string& slug, const std::string& name, const std::string& description) {
  const Json input = {{"type", "object"}, {"properties", {{"pattern", {{"type", "string"}}}}}};
  return {{"slug", slug}, {"name", name}, {"description", description}, {"input_schema", input}};
}

// One by itself, one that extends a toolkit, one in a toolkit of its own.
Json own_tools() {
  Json important = tool_of("GET_IMPORTANT", "Important emails", "Fetch emails of high priority");
  important["extends_toolkit"] = "gmail";
  const Json toolkit = {{"slug", "DEV_TOOLS"},
                        {"name", "Developer tools"},
                        {"description", "What developers need"},
                        {"tools", {tool_of("version", "Version", "Tell the compiler's version")}}};
  return {{"custom_tools", {tool_of("GREP", "Grep", "Search source files for a pattern"), important}},
          {"custom_toolkits", {toolkit}}};
}

bool holds(const Json& list, const char* text) {
  return std::find(list.begin(), list.end(), Json(text)) != list.end();
}

Json query(const std::string& use_case) {
  return {{"queries", {{{"use_case", use_case}}}}};
}

}  // namespace

TEST_CASE("a session knows the application's own tools by the slugs that agents see") {
  ApiWorld world;
  const std::string id = world.session("user_1", {{"experimental", own_tools()}});
  const Json told = world.get(path_of(id, ""))["experimental"];
  REQUIRE(told.at("custom_tools").size() == 2);
  const Json& grep = told.at("custom_tools")[0];
  CHECK(grep.at("slug") == "LOCAL_GREP");
  CHECK(grep.at("original_slug") == "GREP");
  CHECK_FALSE(grep.contains("extends_toolkit"));
  CHECK(told.at("custom_tools")[1].at("slug") == "LOCAL_GMAIL_GET_IMPORTANT");
  CHECK(told.at("custom_tools")[1].at("extends_toolkit") == "gmail");
  const Json& toolkit = told.at("custom_toolkits")[0];
  CHECK(toolkit.at("slug") == "DEV_TOOLS");
  CHECK(toolkit.at("tools")[0].at("slug") == "LOCAL_DEV_TOOLS_VERSION");
  CHECK(toolkit.at("tools")[0].at("original_slug") == "version");
  CHECK_FALSE(world.get(path_of(world.session("user_1"), "")).body.contains("experimental"));
}

TEST_CASE("a search finds the application's own tools among the others") {
  ApiWorld world;
  const std::string id = world.session("user_1", {{"experimental", own_tools()}});
  const Answer found = world.post(path_of(id, "/search"), query("search source files"));
  REQUIRE(found.status == 200);
  CHECK(holds(found["results"][0].at("primary_tool_slugs"), "LOCAL_GREP"));
  CHECK(holds(found["results"][0].at("toolkits"), "custom"));
  const Json& schema = found["tool_schemas"].at("LOCAL_GREP");
  CHECK(schema.at("toolkit") == "custom");
  CHECK(schema.at("input_schema").at("properties").contains("pattern"));
  const Json emails = world.post(path_of(id, "/search"), query("important emails"))["results"][0];
  CHECK(holds(emails.at("primary_tool_slugs"), "LOCAL_GMAIL_GET_IMPORTANT"));
  CHECK_FALSE(holds(emails.at("primary_tool_slugs"), "LOCAL_GREP"));
  CHECK_FALSE(holds(emails.at("related_tool_slugs"), "LOCAL_GREP"));
  const Json elsewhere =
      world.post(path_of(world.session("user_1"), "/search"), query("search source files")).body;
  CHECK(elsewhere.dump().find("LOCAL_") == std::string::npos);

  const Answer schemas = world.post(
      path_of(id, "/execute"),
      {{"tool_slug", "COMPOSIO_GET_TOOL_SCHEMAS"}, {"arguments", {{"tool_slugs", {"LOCAL_GREP"}}}}});
  CHECK(schemas["data"].at("tool_schemas").contains("LOCAL_GREP"));
}

TEST_CASE("the application's own tools are not run here") {
  ApiWorld world;
  const std::string id = world.session("user_1", {{"experimental", own_tools()}});
  const Json call = {{"tool_slug", "LOCAL_GREP"}, {"arguments", Json::object()}};
  require_error(world.post(path_of(id, "/execute"), call), 400, "application's own");
  const Answer several = world.post(path_of(id, "/execute"), {{"tool_slug", "COMPOSIO_MULTI_EXECUTE_TOOL"},
                                                              {"arguments", {{"tools", {call}}}}});
  CHECK(several["data"].at("error_count") == 1);
  require_error(world.post(path_of(world.session("user_1"), "/execute"), call), 404, "LOCAL_GREP");
}

TEST_CASE("a program that attaches gets its own tools back by the slugs that agents see") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const Answer attached = world.post(path_of(id, "/attach"), {{"experimental", own_tools()}});
  REQUIRE(attached.status == 200);
  CHECK(attached["session_id"] == id);
  CHECK(attached["config_version"] == 1);
  CHECK(attached["experimental"].at("custom_tools")[0].at("slug") == "LOCAL_GREP");
  CHECK_FALSE(world.get(path_of(id, "")).body.contains("experimental"));
  require_error(world.post(path_of("trs_unknown", "/attach"), {{"experimental", own_tools()}}), 404,
                "trs_unknown");

  Json body = query("search source files");
  body["experimental"] = own_tools();
  CHECK(world.post(path_of(id, "/search"), body)["tool_schemas"].contains("LOCAL_GREP"));
  const Json call = {{"tool_slug", "COMPOSIO_SEARCH_TOOLS"},
                     {"arguments", query("search source files")},
                     {"experimental", own_tools()}};
  CHECK(world.post(path_of(id, "/execute"), call)["data"].at("tool_schemas").contains("LOCAL_GREP"));
}

TEST_CASE("tools that could not be told apart or called are refused") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const auto refuse = [&](const Json& tools, const char* fault) {
    CAPTURE(tools.dump());
    const Json body = {{"user_id", "user_1"}, {"experimental", tools}};
    require_error(world.post("/tool_router/session", body), 400, fault);
    require_error(world.post(path_of(id, "/attach"), body), 400, fault);
  };
  const Json good = tool_of("GREP", "Grep", "Search");
  const auto with = [&](const char* key, const Json& value) {
    Json tool = good;
    tool[key] = value;
    return Json{{"custom_tools", {tool}}};
  };
  refuse({{"custom_tools", {good, tool_of("grep", "Grep", "Search")}}}, "LOCAL_GREP");
  refuse(with("slug", "A B"), "slug");
  refuse(with("slug", std::string(55, 'A')), "60");
  refuse(with("name", nullptr), "name");
  refuse(with("description", std::string(4097, 'd')), "description");
  refuse(with("input_schema", nullptr), "input_schema");
  refuse(with("extends_toolkit", "a b"), "extends_toolkit");
  refuse({{"custom_tools", "GREP"}}, "custom_tools");
  Json many = Json::array();
  for (int i = 0; i < 101; ++i) many.push_back(tool_of("T" + std::to_string(i), "T", "T"));
  refuse({{"custom_tools", many}}, "100");
}
