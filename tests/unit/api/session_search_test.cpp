#include "tests/unit/api/api_world.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

Answer search(ApiWorld& world, const std::string& session, const Json& body) {
  return world.post("/tool_router/session/" + session + "/search", body);
}

Json query(const std::string& use_case) {
  return {{"queries", {{{"use_case", use_case}}}}};
}

bool holds(const Json& list, const char* text) {
  return std::find(list.begin(), list.end(), Json(text)) != list.end();
}

}  // namespace

TEST_CASE("a search finds tools by what has to be done, and tells what is connected") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1", "work");
  const std::string session = world.session("user_1");
  const Answer found = search(world, session, query("send an email"));
  CAPTURE(found.text);
  REQUIRE(found.status == 200);
  require_fields(found.body,
                 {"success", "results.0.index", "results.0.use_case", "results.0.primary_tool_slugs",
                  "results.0.related_tool_slugs", "results.0.toolkits", "tool_schemas",
                  "toolkit_connection_statuses.0.toolkit", "toolkit_connection_statuses.0.description",
                  "toolkit_connection_statuses.0.status_message", "next_steps_guidance.0", "session.id",
                  "session.instructions", "time_info.current_time_utc", "time_info.message"});
  CHECK(found["error"].is_null());
  CHECK(found["session"].at("generate_id") == false);
  CHECK(found["time_info"].at("current_time_utc_epoch_seconds") == 1795348800);
  CHECK(holds(found["results"][0].at("primary_tool_slugs"), "GMAIL_SEND_EMAIL"));
  const Json& schema = found["tool_schemas"].at("GMAIL_SEND_EMAIL");
  CHECK(schema.at("hasFullSchema") == true);
  CHECK(schema.at("input_schema").at("type") == "object");
  for (const Json& status : found["toolkit_connection_statuses"]) {
    if (status.at("toolkit") != "gmail") continue;
    CHECK(status.at("has_active_connection") == true);
    CHECK(status.at("accounts")[0].at("id") == account);
    CHECK(status.at("accounts")[0].at("alias") == "work");
  }
}

TEST_CASE("a search keeps to the session's toolkits and to those it names") {
  ApiWorld world;
  const std::string session = world.session("user_1", {{"toolkits", {{"disable", {"gmail"}}}}});
  Json body = query("send an email");
  const Answer without_gmail = search(world, session, body);
  for (const auto& [slug, schema] : without_gmail["tool_schemas"].items()) {
    CHECK_FALSE(slug.starts_with("GMAIL_"));
  }
  body["toolkits"] = {"slack", "tavily"};
  const Answer named = search(world, session, body);
  for (const auto& [slug, schema] : named["tool_schemas"].items()) {
    CAPTURE(slug);
    CHECK((schema.at("toolkit") == "slack" || schema.at("toolkit") == "tavily"));
  }
}

TEST_CASE("a search that cannot be is refused, and one that finds nothing says so") {
  ApiWorld world;
  const std::string session = world.session("user_1");
  require_error(search(world, session, Json::object()), 400, "queries");
  require_error(search(world, session, {{"queries", Json(11, {{"use_case", "x"}})}}), 400, "queries");
  require_error(search(world, "trs_unknown", query("send an email")), 404, "trs_unknown");
  const std::string without = world.session("user_1", {{"search", {{"enable", false}}}});
  require_error(search(world, without, query("send an email")), 403, "SEARCH_TOOLS");
  const Answer none = search(world, session, query("xyzzy"));
  CHECK(none["success"] == true);
  CHECK(none["results"][0].at("primary_tool_slugs").empty());
}
