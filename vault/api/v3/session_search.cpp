#include <nlohmann/json.hpp>

#include "vault/api/v3/custom_tools.h"
#include "vault/api/v3/meta_tools.h"
#include "vault/api/v3/routes.h"
#include "vault/api/v3/search_tools.h"
#include "vault/api/v3/session_link.h"
#include "vault/api/wire/body.h"
#include "vault/base/json.h"

namespace coffer::api::v3 {
namespace {

// The meta tool under a path of its own.
ServerResponse search_in_session(Engine& engine, const ServerRequest& request) {
  Session session = session_or_not_found(*engine.database().read(), SessionId(request.param("id")));
  require_enabled(*find_meta_tool("COMPOSIO_SEARCH_TOOLS"), session.config);
  RequestBody parsed(request);
  take_custom_tools(parsed.root(), session.config);
  return ServerResponse::json(200, dump_json(search_tools(engine, session, parsed.root())));
}

}  // namespace

std::vector<RouteEntry> session_search_routes() {
  return {{"POST", "/tool_router/session/:id/search", search_in_session, "Find tools for what has to be done",
           "a search finds tools by what has to be done, and tells what is connected"}};
}

}  // namespace coffer::api::v3
