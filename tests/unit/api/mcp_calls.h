#pragma once

#include <set>
#include <string>

#include "tests/unit/api/api_world.h"

// Calls that tests of MCP share, in the words of revision 2025-11-25.
namespace coffer::api::testing {

inline const Json kProfile = {{"name", "GMAIL_GET_PROFILE"}, {"arguments", Json::object()}};

inline HttpHeaders json_headers(HttpHeaders more = {}) {
  more.push_back({"x-api-key", kApiKey});
  more.push_back({"content-type", "application/json"});
  return more;
}

inline std::string mcp_path(const std::string& session) {
  return "/tool_router/" + session + "/mcp";
}

inline Json rpc(const std::string& method, const Json& params = Json::object()) {
  return {{"jsonrpc", "2.0"}, {"id", 7}, {"method", method}, {"params", params}};
}

inline Answer post(ApiWorld& world, const std::string& path, const Json& message,
                   const HttpHeaders& headers = {}) {
  return world.send_raw("POST", path, json_headers(headers), dump_json(message));
}

inline Answer legacy(ApiWorld& world, const std::string& session, const std::string& method,
                     const Json& params = Json::object(), HttpHeaders headers = {}) {
  headers.push_back({"mcp-protocol-version", "2025-11-25"});
  return post(world, mcp_path(session), rpc(method, params), headers);
}

inline Json result_of(const Answer& answer) {
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  CHECK(header_value(answer.headers, "content-type").starts_with("application/json"));
  CHECK(answer["jsonrpc"] == "2.0");
  CHECK(answer["id"] == 7);
  REQUIRE(answer.body.contains("result"));
  return answer["result"];
}

inline Json told_by(const Json& result) {
  REQUIRE(result.at("content")[0].at("type") == "text");
  return parse_json(result.at("content")[0].at("text").get<std::string>(), "text");
}

inline std::set<std::string> listed_names(ApiWorld& world, const std::string& target) {
  const Json listed = result_of(post(world, target, rpc("tools/list")));
  std::set<std::string> names;
  for (const Json& tool : listed.at("tools")) names.insert(tool.at("name"));
  return names;
}

}  // namespace coffer::api::testing
