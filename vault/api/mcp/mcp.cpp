#include "vault/api/mcp/mcp.h"

#include "vault/api/mcp/era.h"
#include "vault/api/mcp/json_rpc.h"
#include "vault/api/mcp/tools.h"
#include "vault/api/v3/account_view.h"
#include "vault/api/v3/mcp_server_view.h"
#include "vault/api/v3/session_link.h"
#include "vault/api/wire/query.h"
#include "vault/api/wire/secret_answer.h"
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/base/version.h"
#include "vault/model/user_id.h"
#include "vault/store/connection_store.h"
#include "vault/store/shared_account_store.h"

namespace coffer::api {
namespace mcp {
namespace {

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
  return RpcError{rpc_code::kMethodNotFound, "unknown method: " + clipped(method), nullptr, http_status};
}

RpcOutcome run_legacy(Engine& engine, const Session& session, const Peer& peer, const RpcMessage& message) {
  if (message.method == "initialize") return initialize(message.params);
  if (message.method == "ping") return Json::object();
  if (message.method == "tools/list") return list_tools(engine, session, message.params);
  if (message.method == "tools/call") return call_tool(engine, session, peer, message.params);
  return unknown_method(message.method, 200);
}

RpcOutcome with_lifetime(RpcOutcome outcome) {
  if (auto* result = std::get_if<Json>(&outcome)) {
    (*result)["ttlMs"] = kListLifetimeMs;
    (*result)["cacheScope"] = "private";
  }
  return outcome;
}

RpcOutcome modern_outcome(Engine& engine, const Session& session, const Peer& peer,
                          const RpcMessage& message) {
  if (message.method == "server/discover") return with_lifetime(discover());
  if (message.method == "tools/list") return with_lifetime(list_tools(engine, session, message.params));
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

UserId user_param(const ServerRequest& request) {
  const std::string user(request.query_value("user_id"));
  if (const auto fault = fault_of_user_id(user)) {
    throw Error(ErrorCode::InvalidArgument, "\"user_id\" " + std::string(*fault),
                "use the URL with ?user_id=... and your own id of the user");
  }
  return UserId(user);
}

// An account that this user may not use is as absent as one that never was.
void pin(Engine& engine, Session& session, const Connection& account) {
  const auto tx = engine.database().read();
  if (!shared_account_store::may_use(*tx, account, session.user)) connection_store::throw_absent(account.id);
  session.config.connected_accounts[account.toolkit] = {account.id};
}

// Made anew for each request and never stored: what a user may do is in the accounts. For the user of the
// URL, or the one whose account it names: then that account is the only one of its toolkit.
Session passing_session(Engine& engine, const ServerRequest& request, const std::string& id,
                        SessionConfig config) {
  for (const char* name : {"user_id", "connected_account_id", "manage_connections"}) {
    refuse_repeated(request, name);
  }
  const ConnectionId named(text_param(request, "connected_account_id"));
  std::optional<Connection> account;
  if (!named.str().empty()) account = v3::account_or_not_found(*engine.database().read(), named);
  const bool is_of_account = account && request.query_value("user_id").empty();
  Session session;
  session.id = SessionId(id);
  session.user = is_of_account ? account->user : user_param(request);
  session.created_at = engine.env().clock.now();
  session.config = std::move(config);
  if (account) pin(engine, session, *account);
  if (bool_param(request, "manage_connections") == false) session.config.manage_connections = false;
  return session;
}

ServerResponse serve_user(Engine& engine, const ServerRequest& request) {
  SessionConfig all_tools;
  all_tools.extra_json = R"({"preload": {"tools": "all"}})";
  return serve(engine, passing_session(engine, request, "default", std::move(all_tools)), request);
}

ServerResponse serve_server(Engine& engine, const ServerRequest& request) {
  const auto server = v3::mcp_server_or_not_found(*engine.database().read(), request.param("id"));
  return serve(engine, passing_session(engine, request, server.id, v3::session_config_of(engine, server)),
               request);
}

}  // namespace
}  // namespace mcp

std::vector<RouteEntry> mcp_routes() {
  constexpr const char* kServer = "an MCP server serves its choice of tools, to the user of the URL";
  constexpr const char* kWho = "user_id,connected_account_id,manage_connections";
  return {{"POST", "/tool_router/:id/mcp", mcp::serve_session, "Speak MCP in a session",
           "a tool runs as the session's user and answers text"},
          {"POST", "/mcp", mcp::serve_user, "Speak MCP as a user, with every toolkit",
           "a user has a default session with every toolkit at /mcp", kWho},
          {"POST", "/v3/mcp/:id/mcp", mcp::serve_server, "Speak MCP as a user, with a server's choice",
           kServer, kWho},
          {"POST", "/v3/mcp/:id", mcp::serve_server, "The same", kServer, kWho}};
}

void add_mcp_routes(Router& router, Engine& engine, const Guard& guard) {
  add_routes(router, "", mcp_routes(), engine, guard);
}

}  // namespace coffer::api
