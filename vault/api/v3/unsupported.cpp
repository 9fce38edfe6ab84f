#include "vault/api/v3/routes.h"
#include "vault/base/error.h"

namespace coffer::api::v3 {
namespace {

ServerResponse refuse(Engine&, const ServerRequest& request) {
  throw Error(ErrorCode::Unsupported, request.method + " " + request.path + " is not offered here",
              "docs/http-api.md lists what there is");
}

}  // namespace

std::vector<RouteEntry> unsupported_routes() {
  return {
      {"POST", "/tools/execute/proxy", refuse, "Not offered: raw calls to a toolkit's API"},
      {"POST", "/tools/execute/:slug/input", refuse, "Not offered: arguments out of plain language"},
      {"POST", "/tool_router/session/:id/search", refuse, "Not offered: search for tools"},
      {"POST", "/tool_router/session/:id/proxy_execute", refuse, "Not offered: raw calls to a toolkit's API"},
      {"POST", "/tool_router/session/:id/attach", refuse, "Not offered: tools defined by the caller"},
      {"GET", "/internal/sdk/realtime/credentials", refuse, "Not offered: push through a third party"},
      {"POST", "/internal/sdk/realtime/auth", refuse, "Not offered: push through a third party"}};
}

}  // namespace coffer::api::v3
