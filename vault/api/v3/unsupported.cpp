#include "vault/api/v3/routes.h"
#include "vault/base/error.h"
#include "vault/base/text.h"

namespace coffer::api::v3 {
namespace {

ServerResponse refuse(Engine&, const ServerRequest& request) {
  throw Error(ErrorCode::Unsupported, request.method + " " + clipped(request.path) + " is not offered here",
              "docs/compatibility.md lists what there is");
}

RouteEntry refused(const char* method, const char* pattern, const char* summary) {
  return {
      method, pattern,      refuse, summary, "what SDKs know and this daemon does not offer is told as such",
      {},     Support::None};
}

}  // namespace

std::vector<RouteEntry> unsupported_routes() {
  return {refused("POST", "/tools/execute/:slug/input", "Make arguments out of plain language"),
          refused("GET", "/tool_router/session/:id/config_history", "List a session's configurations"),
          refused("GET", "/tool_router/session/:id/mounts/*rest", "List a session's files"),
          refused("POST", "/tool_router/session/:id/mounts/*rest", "Move a session's files"),
          refused("POST", "/files/upload/request", "Keep a file for a tool"),
          refused("GET", "/files/list", "List the files kept for tools"),
          refused("POST", "/logs/tool_execution", "Search the log of tool calls"),
          refused("GET", "/logs/tool_execution/:id", "Get an entry of the log of tool calls"),
          refused("POST", "/internal/action_execution/logs", "Search the log of tool calls"),
          refused("GET", "/internal/sdk/realtime/credentials", "Push events through a third party"),
          refused("POST", "/internal/sdk/realtime/auth", "Push events through a third party")};
}

}  // namespace coffer::api::v3
