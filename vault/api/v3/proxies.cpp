#include <nlohmann/json.hpp>

#include "vault/api/v3/account_view.h"
#include "vault/api/v3/proxy_call.h"
#include "vault/api/v3/routes.h"
#include "vault/api/v3/session_accounts.h"
#include "vault/api/v3/session_link.h"
#include "vault/api/v3/session_scope.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/api/wire/body.h"
#include "vault/base/error.h"

namespace coffer::api::v3 {
namespace {

ServerResponse run(Engine& engine, const Toolkit& toolkit, const ProxyCall& call) {
  const ProxyAnswer answer = proxy(engine.env(), engine.database(), engine.refresher(), toolkit, call);
  return ServerResponse::json(200, dump_json(proxy_answer_view(answer)));
}

ServerResponse proxy_as_account(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  ProxyCall call = read_proxy_call(body);
  call.connection = ConnectionId(body.required_text("connected_account_id"));
  if (body.has("user_id")) call.user = user_id_of(body, "user_id");
  const Connection account = account_or_not_found(*engine.database().read(), call.connection);
  return run(engine, toolkit_or_not_found(engine.catalog(), account.toolkit), call);
}

bool allows_proxy(const Session& session) {
  const Json kept = parse_json(session.config.extra_json, "stored session");
  return kept.value("/workbench/enable_proxy_execution"_json_pointer, Json(true)) != false;
}

ServerResponse proxy_in_session(Engine& engine, const ServerRequest& request) {
  const Session session = session_or_not_found(*engine.database().read(), SessionId(request.param("id")));
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const Toolkit& toolkit = toolkit_or_not_found(engine.catalog(), body.required_text("toolkit_slug"));
  SessionScope(session.config).require_whole(toolkit);
  if (!allows_proxy(session)) {
    throw Error(ErrorCode::Forbidden, "raw calls are not enabled in this session",
                "create the session with workbench.enable_proxy_execution");
  }
  ProxyCall call = read_proxy_call(body);
  call.user = session.user;
  call.connection = account_for_call(*engine.database().read(), session, toolkit, body.text("account")).id;
  return run(engine, toolkit, call);
}

}  // namespace

std::vector<RouteEntry> proxy_routes() {
  return {{"POST",
           "/tools/execute/proxy",
           proxy_as_account,
           "Call a toolkit's API as an account",
           "a raw call goes out as the account and comes back with status, headers and data",
           {},
           Support::Partial,
           "within the toolkit's own API; binary_body as base64 only"},
          {"POST",
           "/tool_router/session/:id/proxy_execute",
           proxy_in_session,
           "Call a toolkit's API as the session's user",
           "a session's raw call is its user's, and keeps to the session's toolkits",
           {},
           Support::Partial,
           "within the toolkit's own API; binary_body as base64 only; refused where the session has tools or "
           "tags for the toolkit"}};
}

}  // namespace coffer::api::v3
