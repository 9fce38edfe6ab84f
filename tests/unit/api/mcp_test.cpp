// Streamable HTTP MCP in both eras: what the specification's revisions 2025-11-25 and 2026-07-28 ask of a
// server.
#include <algorithm>
#include <set>

#include "tests/unit/api/mcp_calls.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

const Json kOpensUrls = {{"elicitation", {{"url", Json::object()}}}};
const char* const kVersionKey = "io.modelcontextprotocol/protocolVersion";
const char* const kCapabilitiesKey = "io.modelcontextprotocol/clientCapabilities";

HttpHeaders modern_headers(const std::string& method, const Json& params) {
  HttpHeaders headers = {{"mcp-protocol-version", "2026-07-28"}, {"mcp-method", method}};
  if (params.contains("name")) headers.push_back({"mcp-name", params["name"].get<std::string>()});
  return headers;
}

Json with_meta(Json params, const Json& capabilities = Json::object()) {
  params["_meta"] = {{kVersionKey, "2026-07-28"}, {kCapabilitiesKey, capabilities}};
  return params;
}

Answer modern(ApiWorld& world, const std::string& session, const std::string& method,
              const Json& params = Json::object(), const Json& capabilities = Json::object()) {
  return post(world, mcp_path(session), rpc(method, with_meta(params, capabilities)),
              modern_headers(method, params));
}

void require_rpc_error(const Answer& answer, int status, int code) {
  CAPTURE(answer.text);
  CHECK(answer.status == status);
  REQUIRE(answer.body.contains("error"));
  CHECK(answer["error"].at("code") == code);
  CHECK(answer["error"].at("message").is_string());
}

// A modern call for which an account is missing: what it asks the client for.
Json ask_for_link(ApiWorld& world, const std::string& session) {
  const Json result = result_of(modern(world, session, "tools/call", kProfile, kOpensUrls));
  REQUIRE(result.at("resultType") == "input_required");
  return result;
}

Json resumed(const Json& asked, const std::string& action) {
  Json params = kProfile;
  params["requestState"] = asked.at("requestState");
  params["inputResponses"] = {{"connect", {{"action", action}}}};
  return params;
}

}  // namespace

TEST_CASE("a legacy client shakes hands in the version it asks for, if that is known") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const auto [asked, settled] = GENERATE(table<const char*, const char*>({{"2025-11-25", "2025-11-25"},
                                                                          {"2025-06-18", "2025-06-18"},
                                                                          {"2025-03-26", "2025-03-26"},
                                                                          {"2024-11-05", "2024-11-05"},
                                                                          {"1999-01-01", "2025-11-25"}}));
  const Answer answer = post(
      world, mcp_path(id), rpc("initialize", {{"protocolVersion", asked}, {"capabilities", Json::object()}}));
  const Json result = result_of(answer);
  CHECK(result.at("protocolVersion") == settled);
  CHECK(result.at("capabilities").contains("tools"));
  require_fields(result, {"serverInfo.name", "serverInfo.version", "instructions"});
  CHECK(header_value(answer.headers, "mcp-session-id").empty());
}

TEST_CASE("notifications and responses are taken without an answer") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  for (const Json& message : {Json{{"jsonrpc", "2.0"}, {"method", "notifications/initialized"}},
                              Json{{"jsonrpc", "2.0"}, {"id", 1}, {"result", Json::object()}}}) {
    const Answer answer = post(world, mcp_path(id), message);
    CHECK(answer.status == 202);
    CHECK(answer.text.empty());
  }
}

TEST_CASE("what is no JSON-RPC request is refused with the standard codes") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const auto raw = [&](const std::string& body) {
    return world.send_raw("POST", mcp_path(id), json_headers(), body);
  };
  require_rpc_error(raw("{"), 400, -32700);
  CHECK(raw("{")["id"].is_null());
  require_rpc_error(raw("[]"), 400, -32600);
  require_rpc_error(raw(R"({"id":1,"method":"ping"})"), 400, -32600);
  require_rpc_error(raw(R"({"jsonrpc":"2.0","id":{},"method":"ping"})"), 400, -32600);
  require_rpc_error(raw(R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[1]})"), 400, -32600);
  require_rpc_error(raw(R"({"jsonrpc":"2.0","id":1})"), 400, -32600);
  require_rpc_error(legacy(world, id, "resources/list"), 200, -32601);
  CHECK(result_of(legacy(world, id, "ping")) == Json::object());
}

TEST_CASE("there are no streams to open and no sessions to end") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  for (const char* method : {"GET", "DELETE"}) {
    for (const std::string& path : {mcp_path(id), std::string("/mcp?user_id=user_1")}) {
      const Answer answer = world.send_raw(method, path, json_headers(), "");
      CAPTURE(method, path);
      CHECK(answer.status == 405);
      CHECK(header_value(answer.headers, "allow") == "POST");
    }
  }
}

TEST_CASE("an MCP client needs the API key, in either header") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const std::string ping = dump_json(rpc("ping"));
  const auto status = [&](const HttpHeaders& headers) {
    return world.send_raw("POST", mcp_path(id), headers, ping).status;
  };
  const HttpHeader json = {"content-type", "application/json"};
  CHECK(status({json}) == 401);
  CHECK(status({json, {"x-api-key", "wrong"}}) == 401);
  CHECK(status({json, {"x-api-key", kApiKey}}) == 200);
  CHECK(status({json, {"authorization", std::string("Bearer ") + kApiKey}}) == 200);
  CHECK(status({{"content-type", "text/plain"}, {"x-api-key", kApiKey}}) == 400);
  CHECK(post(world, mcp_path("trs_unknown"), rpc("ping")).status == 404);
}

TEST_CASE("an unknown version in the header is refused with the known ones") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const Answer answer = post(world, mcp_path(id), rpc("ping"), {{"mcp-protocol-version", "1999-01-01"}});
  require_rpc_error(answer, 400, -32022);
  const Json& supported = answer["error"].at("data").at("supported");
  CHECK(std::find(supported.begin(), supported.end(), "2026-07-28") != supported.end());
  CHECK(post(world, mcp_path(id), rpc("ping")).status == 200);  // before 2025-06-18 there was no header
}

TEST_CASE("tools are listed as the session lists them, with what they do to the world") {
  ApiWorld world;
  const std::string id =
      world.session("user_1", {{"toolkits", {{"enable", {"gmail"}}}}, {"preload", {{"tools", "all"}}}});
  const Json tools = result_of(legacy(world, id, "tools/list")).at("tools");
  std::vector<std::string> names;
  for (const Json& tool : tools) {
    CAPTURE(tool.dump());
    names.push_back(tool.at("name"));
    CHECK(tool.at("inputSchema").at("type") == "object");
    CHECK(tool.at("description").is_string());
    if (tool.contains("outputSchema")) CHECK(tool.at("outputSchema").at("type") == "object");
  }
  CHECK(names == ids_of(world.get("/tool_router/session/" + id + "/tools?limit=500"), "slug"));
  CHECK(result_of(legacy(world, id, "tools/list")).at("tools") == tools);
  const auto send = std::find(names.begin(), names.end(), "GMAIL_SEND_EMAIL") - names.begin();
  CHECK(tools[static_cast<std::size_t>(send)].at("annotations") == Json({{"readOnlyHint", false},
                                                                         {"destructiveHint", true},
                                                                         {"idempotentHint", false},
                                                                         {"openWorldHint", true}}));
}

TEST_CASE("a tool runs as the session's user and answers text") {
  ApiWorld world;
  world.oauth_account("user_1");
  answer_profile(world);
  const Json result = result_of(legacy(world, world.session("user_1"), "tools/call", kProfile));
  CHECK(result.at("isError") == false);
  const Json told = told_by(result);
  CHECK(told.at("successful") == true);
  CHECK(told.at("data").at("emailAddress") == "alice@example.com");
}

TEST_CASE("a meta tool's result has the structure that its output schema declares") {
  ApiWorld world;
  const Json params = {{"name", "COMPOSIO_SEARCH_TOOLS"},
                       {"arguments", {{"queries", Json::array({{{"use_case", "send an email"}}})}}}};
  const Json result = result_of(legacy(world, world.session("user_1"), "tools/call", params));
  CHECK(result.at("structuredContent") == told_by(result));
  CHECK(result.at("structuredContent").at("data").at("results")[0].at("primary_tool_slugs")[0] ==
        "GMAIL_SEND_EMAIL");
}

TEST_CASE("what a tool or its arguments do wrong is told in the result") {
  ApiWorld world;
  world.oauth_account("user_1");
  const std::string id = world.session("user_1");
  const Json bad = result_of(legacy(
      world, id, "tools/call", {{"name", "GMAIL_FETCH_EMAILS"}, {"arguments", {{"max_results", "many"}}}}));
  CHECK(bad.at("isError") == true);
  CHECK(told_by(bad).at("error").get<std::string>().find("max_results") != std::string::npos);
  world.outside().http.answer(500, "{}", {{"content-type", "application/json"}});
  CHECK(result_of(legacy(world, id, "tools/call", kProfile)).at("isError") == true);
}

TEST_CASE("a tool that the session has not is an error of the call") {
  ApiWorld world;
  const std::string id =
      world.session("user_1", {{"toolkits", {{"enable", {"gmail"}}}}, {"search", {{"enable", false}}}});
  for (const char* name :
       {"NO_SUCH_TOOL", "JIRA_GET_ISSUE", "COMPOSIO_SEARCH_TOOLS", "COMPOSIO_REMOTE_BASH_TOOL"}) {
    CAPTURE(name);
    require_rpc_error(legacy(world, id, "tools/call", {{"name", name}}), 200, -32602);
  }
  require_rpc_error(legacy(world, id, "tools/call"), 200, -32602);
  require_rpc_error(legacy(world, id, "tools/call", {{"name", "GMAIL_GET_PROFILE"}, {"arguments", 5}}), 200,
                    -32602);
}

TEST_CASE("a client that opens no URLs gets the link in the result, and none where links are off") {
  ApiWorld world;
  const Json result = result_of(legacy(world, world.session("user_1"), "tools/call", kProfile));
  CHECK(result.at("isError") == true);
  const std::string url = told_by(result).at("data").at("redirect_url");
  CHECK(url.starts_with(std::string(kPublicUrl) + "/link/lk_"));
  const std::string without = world.session("user_1", {{"manage_connections", {{"enable", false}}}});
  const Json refused = result_of(legacy(world, without, "tools/call", kProfile));
  CHECK(refused.at("isError") == true);
  CHECK(refused.dump().find("/link") == std::string::npos);
}

TEST_CASE("calls for which an account is missing leave one account behind that waits") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  std::set<std::string> urls;
  for (int i = 0; i < 3; ++i) {
    const Json result = result_of(legacy(world, id, "tools/call", kProfile));
    urls.insert(told_by(result).at("data").at("redirect_url").get<std::string>());
  }
  ask_for_link(world, id);
  CHECK(urls.size() == 3);
  CHECK(world.get("/connected_accounts?user_ids=user_1")["total_items"] == 1);
  CHECK(world.get("/connected_accounts?user_ids=user_2")["total_items"] == 0);
  legacy(world, world.session("user_2"), "tools/call", kProfile);
  CHECK(world.get("/connected_accounts?user_ids=user_2")["total_items"] == 1);
}

TEST_CASE("a cursor that was never given out is an error, not the first page again") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const auto cursor = GENERATE(Json("2"), Json(""), Json(5));
  CAPTURE(cursor);
  require_rpc_error(legacy(world, id, "tools/list", {{"cursor", cursor}}), 200, -32602);
  require_rpc_error(modern(world, id, "tools/list", {{"cursor", cursor}}), 200, -32602);
}

TEST_CASE("a tool that the account's auth config does not let run is refused over MCP, too") {
  ApiWorld world;
  world.oauth_account("user_1");
  const Json only_labels = {
      {"tool_access_config", {{"tools_available_for_execution", {"GMAIL_LIST_LABELS"}}}}};
  REQUIRE(world.patch("/auth_configs/" + world.auth_config("gmail"), only_labels).status == 200);
  const std::string id = world.session("user_1");
  const auto call = [&](const char* tool) {
    return result_of(legacy(world, id, "tools/call", {{"name", tool}, {"arguments", Json::object()}}));
  };
  const Json refused = call("GMAIL_GET_PROFILE");
  CHECK(refused.at("isError") == true);
  CHECK(told_by(refused).at("error").get<std::string>().find("GMAIL_GET_PROFILE") != std::string::npos);
  CHECK(world.outside().http.seen().empty());
  world.outside().http.answer(200, R"({"labels":[]})", {{"content-type", "application/json"}});
  CHECK(call("GMAIL_LIST_LABELS").at("isError") == false);
}

TEST_CASE("a legacy client that opens URLs is asked to, and its next call works") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const Answer hello =
      post(world, mcp_path(id),
           rpc("initialize", {{"protocolVersion", "2025-11-25"}, {"capabilities", kOpensUrls}}));
  const std::string mark(header_value(hello.headers, "mcp-session-id"));
  REQUIRE_FALSE(mark.empty());
  const HttpHeaders headers = {{"mcp-session-id", mark}};
  const Answer asked = legacy(world, id, "tools/call", kProfile, headers);
  require_rpc_error(asked, 200, -32042);
  const Json& elicitation = asked["error"].at("data").at("elicitations")[0];
  CHECK(elicitation.at("mode") == "url");
  require_fields(elicitation, {"elicitationId", "message"});
  CHECK(elicitation.at("url").get<std::string>().starts_with(std::string(kPublicUrl) + "/link/lk_"));
  world.oauth_account("user_1");
  answer_profile(world);
  CHECK(result_of(legacy(world, id, "tools/call", kProfile, headers)).at("isError") == false);
}

TEST_CASE("URL mode is not used in revisions that do not know it") {
  ApiWorld world;
  const Answer hello =
      post(world, mcp_path(world.session("user_1")),
           rpc("initialize", {{"protocolVersion", "2025-06-18"}, {"capabilities", kOpensUrls}}));
  CHECK(header_value(hello.headers, "mcp-session-id").empty());
}

TEST_CASE("a modern client discovers, lists and calls without a handshake") {
  ApiWorld world;
  world.oauth_account("user_1");
  const std::string id = world.session("user_1", {{"toolkits", {{"enable", {"gmail"}}}}});
  const Json found = result_of(modern(world, id, "server/discover"));
  CHECK(found.at("resultType") == "complete");
  CHECK(found.at("supportedVersions")[0] == "2026-07-28");
  CHECK(found.at("_meta").at("io.modelcontextprotocol/serverInfo").at("name") == "coffer");
  require_fields(found, {"capabilities.tools", "ttlMs", "cacheScope"});
  const Json list = result_of(modern(world, id, "tools/list"));
  CHECK(list.at("resultType") == "complete");
  CHECK(list.at("cacheScope") == "private");
  CHECK(list.at("tools") == result_of(legacy(world, id, "tools/list")).at("tools"));
  answer_profile(world);
  const Json called = result_of(modern(world, id, "tools/call", kProfile));
  CHECK(called.at("resultType") == "complete");
  CHECK(called.at("isError") == false);
  require_rpc_error(modern(world, id, "ping"), 404, -32601);
}

TEST_CASE("a modern request whose headers and body differ is refused") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const auto send = [&](const HttpHeaders& headers, const Json& params) {
    return post(world, mcp_path(id), rpc("tools/call", params), headers);
  };
  const Json params = with_meta(kProfile);
  const HttpHeaders good = modern_headers("tools/call", kProfile);
  for (std::size_t i = 0; i < good.size(); ++i) {
    HttpHeaders other = good;
    other[i].value = "something else";
    CAPTURE(good[i].name);
    require_rpc_error(send(other, params), 400, -32020);
    HttpHeaders missing = good;
    missing.erase(missing.begin() + static_cast<std::ptrdiff_t>(i));
    require_rpc_error(send(missing, params), 400, -32020);
  }
  HttpHeaders encoded = good;
  encoded[2].value = "=?base64?" + to_base64("GMAIL_GET_PROFILE") + "?=";
  CHECK(send(encoded, params).status == 200);
}

TEST_CASE("a modern request without its version or capabilities is refused") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const HttpHeaders headers = modern_headers("tools/list", Json::object());
  const auto send = [&](const Json& meta) {
    return post(world, mcp_path(id), rpc("tools/list", {{"_meta", meta}}), headers);
  };
  require_rpc_error(send(Json::object()), 400, -32602);
  require_rpc_error(send({{kVersionKey, "2026-07-28"}}), 400, -32602);
  require_rpc_error(send({{kVersionKey, "2030-01-01"}, {kCapabilitiesKey, Json::object()}}), 400, -32022);
  CHECK(send({{kVersionKey, "2026-07-28"}, {kCapabilitiesKey, Json::object()}}).status == 200);
}

TEST_CASE("a modern client that opens URLs is asked to, and comes back to the tool's result") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const Json asked = ask_for_link(world, id);
  const Json& request = asked.at("inputRequests").at("connect");
  CHECK(request.at("method") == "elicitation/create");
  CHECK(request.at("params").at("mode") == "url");
  const std::string url = request.at("params").at("url");
  CHECK(url.starts_with(std::string(kPublicUrl) + "/link/lk_"));
  CHECK(asked.at("requestState").get<std::string>().find("lk_") == std::string::npos);
  world.oauth_account("user_1");
  answer_profile(world);
  const Json result = result_of(modern(world, id, "tools/call", resumed(asked, "accept"), kOpensUrls));
  CHECK(result.at("resultType") == "complete");
  CHECK(told_by(result).at("data").at("emailAddress") == "alice@example.com");
}

TEST_CASE("a user who declines is told to the model, not asked again") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const auto action = GENERATE(values<std::string>({"decline", "cancel"}));
  const Json result =
      result_of(modern(world, id, "tools/call", resumed(ask_for_link(world, id), action), kOpensUrls));
  CHECK(result.at("isError") == true);
  CHECK(result.dump().find("/link/") == std::string::npos);
}

TEST_CASE("a client that brings the state without an answer is asked for the same link again") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const Json asked = ask_for_link(world, id);
  Json params = kProfile;
  params["requestState"] = asked.at("requestState");
  const Json again = result_of(modern(world, id, "tools/call", params, kOpensUrls));
  CHECK(again.at("inputRequests") == asked.at("inputRequests"));
}

TEST_CASE("a client that brings the state without an answer gets the result once the user has connected") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  Json params = kProfile;
  params["requestState"] = ask_for_link(world, id).at("requestState");
  world.oauth_account("user_1");
  answer_profile(world);
  const Json result = result_of(modern(world, id, "tools/call", params, kOpensUrls));
  CHECK(result.at("resultType") == "complete");
  CHECK(told_by(result).at("data").at("emailAddress") == "alice@example.com");
}

TEST_CASE("request state is of use only to its user, session, tool and arguments, and for ten minutes") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const Json asked = ask_for_link(world, id);
  const Json params = resumed(asked, "decline");
  const auto refused = [&](const std::string& session, const Json& sent) {
    require_rpc_error(modern(world, session, "tools/call", sent, kOpensUrls), 200, -32602);
  };
  refused(world.session("user_1"), params);
  refused(world.session("user_2"), params);
  Json other_tool = params;
  other_tool["name"] = "GMAIL_LIST_LABELS";
  refused(id, other_tool);
  Json other_arguments = params;
  other_arguments["arguments"] = {{"x", 1}};
  refused(id, other_arguments);
  Json forged = params;
  forged["requestState"] = "AAAA";
  refused(id, forged);
  forged["requestState"] = 5;
  refused(id, forged);
  world.outside().clock.advance(std::chrono::minutes(10));
  refused(id, params);
}

TEST_CASE("request state is bound to the user where there is no session, and of no use to a legacy client") {
  ApiWorld world;
  const auto call = [&](const std::string& user, const Json& params) {
    return post(world, "/mcp?user_id=" + user, rpc("tools/call", with_meta(params, kOpensUrls)),
                modern_headers("tools/call", params));
  };
  const Json params = resumed(result_of(call("user_1", kProfile)), "decline");
  require_rpc_error(call("user_2", params), 200, -32602);
  CHECK(result_of(call("user_1", params)).at("isError") == true);

  const std::string id = world.session("user_1");
  const Json in_session = resumed(ask_for_link(world, id), "decline");
  require_rpc_error(legacy(world, id, "tools/call", in_session), 200, -32602);
}

TEST_CASE("a session that preloads nothing lists its meta tools alone and runs the others") {
  ApiWorld world;
  world.oauth_account("user_1");
  answer_profile(world);
  const std::string id = world.session("user_1");
  const auto names = listed_names(world, "/tool_router/" + id + "/mcp");
  CHECK(names == world.get("/tool_router/session/" + id)["tool_router_tools"].get<std::set<std::string>>());
  CHECK(result_of(legacy(world, id, "tools/call", kProfile)).at("isError") == false);
}
