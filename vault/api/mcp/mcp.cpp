#include "vault/api/mcp/mcp.h"

#include "vault/api/mcp/era.h"
#include "vault/api/mcp/json_rpc.h"
#include "vault/api/mcp/tools.h"
#include "vault/api/v3/session_link.h"
#include "vault/api/wire/secret_answer.h"
#include "vault/base/error.h"
#include "vault/base/version.h"

namespace coffer::api {
namespace mcp {
namespace {

constexpr std::size_t kMostUserIdBytes = 256;
constexpr int kNotFound = 404;
constexpr const char* kServerInfoKey = "io.modelcontextprotocol/serverInfo";
constexpr const char* kInstructions =
    "Tools that act as one user at other services. COMPOSIO_SEARCH_TOOLS finds the tool for what is to be "
    "done. Where "
    "an account is not connected, show the user the link that you are given, and call the tool again "
    "afterwards.";
// The list changes with the session's configuration and the daemon's toolkits only.
constexpr int kListLifetimeMs = 60'000;

Json server_info() {
  return {{"name", "coffer"}, {"version", kVersion}};
}

Json capabilities() {
  return {{"tools", Json::object()}};
}

Json initialize(const Json& params) {
  return {{"protocolVersion", settled_version(params)},
          {"capabilities", capabilities()},
          {"serverInfo", server_info()},
          {"instructions", kInstructions}};
}

Json discover() {
  return {{"supportedVersions", {kModernVersion, kNewestLegacyVersion}},
          {"capabilities", capabilities()},
          {"instructions", kInstructions}};
}

RpcOutcome unknown_method(const std::string& method, int http_status) {
  return RpcError{rpc_code::kMethodNotFound, "unknown method: " + method.substr(0, 100), nullptr,
                  http_status};
}

RpcOutcome run_legacy(Engine& engine, const Session& session, const Peer& peer, const RpcMessage& message) {
  if (message.method == "initialize") return initialize(message.params);
  if (message.method == "ping") return Json::object();
  if (message.method == "tools/list") return list_tools(engine, session);
  if (message.method == "tools/call") return call_tool(engine, session, peer, message.params);
  return unknown_method(message.method, 200);
}

Json with_lifetime(Json result) {
  result["ttlMs"] = kListLifetimeMs;
  result["cacheScope"] = "private";
  return result;
}

RpcOutcome modern_outcome(Engine& engine, const Session& session, const Peer& peer,
                          const RpcMessage& message) {
  if (message.method == "server/discover") return with_lifetime(discover());
  if (message.method == "tools/list") return with_lifetime(list_tools(engine, session));
  if (message.method == "tools/call") return call_tool(engine, session, peer, message.params);
  return unknown_method(message.method, kNotFound);
}

RpcOutcome run_modern(Engine& engine, const Session& session, const Peer& peer, const RpcMessage& message) {
  RpcOutcome outcome = modern_outcome(engine, session, peer, message);
  if (auto* result = std::get_if<Json>(&outcome)) {
    if (!result->contains("resultType")) (*result)["resultType"] = "complete";
    (*result)["_meta"][kServerInfoKey] = server_info();
  }
  return outcome;
}

ServerResponse answer(const Json& id, RpcOutcome outcome) {
  const auto* error = std::get_if<RpcError>(&outcome);
  const int status = error == nullptr ? 200 : error->http_status;
  return secret_answer(status, response_message(id, std::move(outcome)));
}

ServerResponse answer_request(Engine& engine, const Session& session, const ServerRequest& request,
                              const RpcMessage& message) {
  const auto peer = peer_of(request, message);
  if (const auto* fault = std::get_if<RpcError>(&peer)) return answer(message.id, *fault);
  const Peer& known = std::get<Peer>(peer);
  ServerResponse response = answer(message.id, known.is_modern ? run_modern(engine, session, known, message)
                                                               : run_legacy(engine, session, known, message));
  if (message.method != "initialize") return response;
  const std::string id = legacy_session_id(message.params, random_id(engine.env().random, "mcp_"));
  if (!id.empty()) response.headers.push_back({"Mcp-Session-Id", id});
  return response;
}

ServerResponse serve(Engine& engine, const Session& session, const ServerRequest& request) {
  const auto parsed = parse_message(request.body);
  if (const auto* fault = std::get_if<RpcError>(&parsed)) return answer(nullptr, *fault);
  const RpcMessage& message = std::get<RpcMessage>(parsed);
  if (message.kind != RpcMessage::Kind::Request)
    return ServerResponse{.status = 202, .headers = {}, .body = {}};
  return answer_request(engine, session, request, message);
}

ServerResponse serve_session(Engine& engine, const ServerRequest& request) {
  const Session session = v3::session_or_not_found(*engine.database().read(), SessionId(request.param("id")));
  return serve(engine, session, request);
}

// Made anew for each request and never stored: what a user may do is in the accounts.
Session session_of_user(Engine& engine, const ServerRequest& request) {
  const std::string user(request.query_value("user_id"));
  if (user.empty() || user.size() > kMostUserIdBytes) {
    throw Error(ErrorCode::InvalidArgument, "\"user_id\" is missing or longer than 256 bytes",
                "use the URL /mcp?user_id=... with your own id of the user");
  }
  Session session;
  session.id = SessionId("default");
  session.user = UserId(user);
  session.created_at = engine.env().clock.now();
  return session;
}

ServerResponse serve_user(Engine& engine, const ServerRequest& request) {
  return serve(engine, session_of_user(engine, request), request);
}

}  // namespace
}  // namespace mcp

std::vector<RouteEntry> mcp_routes() {
  return {{"POST", "/tool_router/:id/mcp", mcp::serve_session, "Speak MCP in a session"},
          {"POST", "/mcp", mcp::serve_user, "Speak MCP as a user, with every toolkit"}};
}

void add_mcp_routes(Router& router, Engine& engine, const Guard& guard) {
  add_routes(router, "", mcp_routes(), engine, guard);
}

}  // namespace coffer::api
