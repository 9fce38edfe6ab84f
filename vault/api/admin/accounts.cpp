#include <nlohmann/json.hpp>

#include "vault/api/admin/admin.h"
#include "vault/api/admin/subscriptions.h"
#include "vault/api/admin/users.h"
#include "vault/api/wire/body.h"
#include "vault/base/json.h"
#include "vault/store/connection_store.h"
#include "vault/store/outbox.h"
#include "vault/tools/account_use.h"

namespace coffer::api {
namespace {

constexpr std::int64_t kMostEvents = 1000;

// The raw credential leaves here and through the library's lease, nowhere else.
struct TokenJson {
  Json operator()(const std::monostate&) const { return Json::object(); }
  Json operator()(const TokenSet& tokens) const {
    Json out = {{"token", tokens.access_token.expose()},
                {"token_type", tokens.token_type},
                {"scopes", tokens.scopes}};
    if (tokens.expires_at) out["expires_at"] = to_rfc3339(*tokens.expires_at);
    return out;
  }
  Json operator()(const ApiKeyCredential& key) const { return {{"token", key.key.expose()}}; }
  Json operator()(const BearerCredential& bearer) const { return {{"token", bearer.token.expose()}}; }
  Json operator()(const BasicCredential& basic) const {
    return {{"username", basic.username}, {"password", basic.password.expose()}};
  }
  Json operator()(const FieldsCredential& fields) const {
    Json values = fields.names;
    for (const auto& [name, secret] : fields.secrets) values[name] = secret.expose();
    return {{"fields", std::move(values)}};
  }
};

ServerResponse give_token_out(Engine& engine, const ServerRequest& request) {
  const connection_store::Opened opened = engine.lease(ConnectionId(request.param("id")));
  Json body = std::visit(TokenJson{}, opened.credential);
  body["id"] = opened.connection.id.str();
  body["scheme"] = to_string(opened.connection.scheme);
  ServerResponse response =
      ServerResponse::json(200, dump_json(body)).with_header("Cache-Control", "no-store");
  wipe(body);
  return response;
}

std::string_view name_of(RefreshResult::Kind kind) {
  switch (kind) {
    case RefreshResult::Kind::Refreshed:
      return "refreshed";
    case RefreshResult::Kind::Unchanged:
      return "unchanged";
    case RefreshResult::Kind::Rejected:
      return "rejected";
    case RefreshResult::Kind::Postponed:
      return "postponed";
    case RefreshResult::Kind::NotActive:
      return "not_active";
    case RefreshResult::Kind::Absent:
      return "absent";
  }
  return "absent";
}

ServerResponse refresh_account(Engine& engine, const ServerRequest& request) {
  const ConnectionId id(request.param("id"));
  RequestBody body(request);
  const bool force = body.root().boolean("force").value_or(false);
  const RefreshResult result = engine.refresher().refresh_now(id, force);
  const auto connection = connection_store::find(*engine.database().read(), id);
  if (!connection) connection_store::throw_absent(id);
  Json out = {{"id", id.str()},
              {"result", name_of(result.kind)},
              {"status", to_string(connection->status)},
              {"detail", result.detail}};
  if (connection->status != ConnectionStatus::Active) {
    out["suggested_fix"] = way_to_connect(connection->user, connection->toolkit, connection->alias);
  }
  if (result.retry_at) out["retry_at"] = to_rfc3339(*result.retry_at);
  return ServerResponse::json(200, dump_json(out));
}

ServerResponse list_events(Engine& engine, const ServerRequest& request) {
  outbox::EventQuery query;
  if (const auto limit = request.query_value("limit"); !limit.empty()) {
    query.limit =
        std::clamp<std::int64_t>(std::strtoll(std::string(limit).c_str(), nullptr, 10), 1, kMostEvents);
  }
  if (const auto id = request.query_value("connected_account"); !id.empty()) {
    query.connection = ConnectionId(std::string(id));
  }
  Json items = Json::array();
  for (const Event& event : outbox::events(*engine.database().read(), query)) {
    items.push_back({{"id", event.id},
                     {"type", event.type},
                     {"connected_account_id", event.connection.str()},
                     {"created_at", to_rfc3339(event.created_at)}});
  }
  return ServerResponse::json(200, dump_json({{"items", items}}));
}

}  // namespace

void add_admin_routes(Router& router, Engine& engine, const Guard& guard) {
  router.add("GET", "/_coffer/accounts/:id/token",
             with_api_key(guard, "tokens", [&engine](const ServerRequest& request) {
               return give_token_out(engine, request);
             }));
  router.add("POST", "/_coffer/accounts/:id/refresh",
             with_api_key(guard, "api", [&engine](const ServerRequest& request) {
               return refresh_account(engine, request);
             }));
  router.add("GET", "/_coffer/events", with_api_key(guard, "api", [&engine](const ServerRequest& request) {
               return list_events(engine, request);
             }));
  add_hidden_subscription_routes(router, engine, guard);
  add_user_routes(router, engine, guard);
}

}  // namespace coffer::api
