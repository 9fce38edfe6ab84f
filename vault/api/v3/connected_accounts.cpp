#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/api/v3/account_change.h"
#include "vault/api/v3/account_view.h"
#include "vault/api/v3/routes.h"
#include "vault/api/wire/body.h"
#include "vault/api/wire/envelope.h"
#include "vault/api/wire/paging.h"
#include "vault/api/wire/query.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/engine/views.h"
#include "vault/store/connection_store.h"
#include "vault/store/shared_account_store.h"

namespace coffer::api::v3 {
namespace {

using shared_account_store::AccountType;

ServerResponse get_account(Engine& engine, const ServerRequest& request) {
  const auto tx = engine.database().read();
  Json view = connection_view(*tx, account_or_not_found(*tx, ConnectionId(request.param("id"))));
  view["params"] = Json::object();
  return ServerResponse::json(200, dump_json(view));
}

template <class Tag>
std::vector<Id<Tag>> ids_param(const ServerRequest& request, std::string_view name) {
  std::vector<Id<Tag>> ids;
  for (std::string& value : owner_list_param(request, name)) ids.emplace_back(std::move(value));
  return ids;
}

std::vector<ConnectionStatus> statuses_param(const ServerRequest& request) {
  std::vector<ConnectionStatus> statuses;
  for (const std::string& text : list_param(request, "statuses")) {
    const auto status = parse_connection_status(text);
    if (!status) {
      throw Error(ErrorCode::InvalidArgument, "query parameter \"statuses\" holds " + in_quotes(text),
                  "use INITIALIZING, INITIATED, ACTIVE, FAILED, EXPIRED, INACTIVE or REVOKED");
    }
    statuses.push_back(*status);
  }
  return statuses;
}

// Absent: private ones alone.
std::optional<AccountType> account_type_param(const ServerRequest& request) {
  const std::string type = choice_param(request, "account_type", {"PRIVATE", "SHARED", "ALL"});
  if (type == "ALL") return std::nullopt;
  return type == "SHARED" ? AccountType::Shared : AccountType::Private;
}

// `user_id` is not Composio's; who passes it means one user, not all.
std::vector<UserId> users_param(const ServerRequest& request) {
  std::vector<UserId> users = ids_param<UserTag>(request, "user_ids");
  for (UserId& user : ids_param<UserTag>(request, "user_id")) users.push_back(std::move(user));
  return users;
}

connection_store::Query read_query(const ServerRequest& request) {
  connection_store::Query query;
  query.users = users_param(request);
  query.auth_configs = ids_param<AuthConfigTag>(request, "auth_config_ids");
  query.ids = ids_param<ConnectionTag>(request, "connected_account_ids");
  for (const std::string& slug : list_param(request, "toolkit_slugs"))
    query.toolkits.push_back(to_lower(slug));
  query.statuses = statuses_param(request);
  query.order_by_updated = choice_param(request, "order_by", {"created_at", "updated_at"}) == "updated_at";
  query.ascending = choice_param(request, "order_direction", {"asc", "desc"}) == "asc";
  query.page = page_param(request);
  return query;
}

ServerResponse list_accounts(Engine& engine, const ServerRequest& request) {
  const connection_store::Query query = read_query(request);
  const auto type = account_type_param(request);
  const auto tx = engine.database().read();
  const auto found =
      type ? shared_account_store::list(*tx, query, *type) : connection_store::list(*tx, query);
  AccountViews views(*tx);
  Json items = Json::array();
  for (const Connection& connection : found.items) items.push_back(views.view(connection));
  return page_response(std::move(items), found.total, query.page);
}

ServerResponse set_account_status(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const auto enabled = body.boolean("enabled");
  if (!enabled) body.fail("enabled", "is missing");
  set_enabled(engine, ConnectionId(request.param("id")), *enabled);
  return ServerResponse::json(200, R"({"success":true})");
}

ServerResponse update_account(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const Connection connection = patch_account(engine, ConnectionId(request.param("id")), parsed.root());
  const Json body = {
      {"id", connection.id.str()}, {"status", to_string(connection.status)}, {"success", true}};
  return ServerResponse::json(200, dump_json(body));
}

ServerResponse delete_account(Engine& engine, const ServerRequest& request) {
  const bool revoke_first = bool_param(request, "revoke_on_delete").value_or(false);
  delete_account_of(engine, ConnectionId(request.param("id")), revoke_first);
  return ServerResponse::json(200, R"({"success":true})");
}

ServerResponse revoked(const ConnectionId& id, const std::vector<std::string>& tokens) {
  const Json body = {
      {"revoked_tokens", tokens},
      {"connected_account", {{"id", id.str()}, {"status", to_string(ConnectionStatus::Revoked)}}}};
  return ServerResponse::json(200, dump_json(body));
}

// The SDK tells "not supported" from "not in this state" by 400 and 409.
ServerResponse revoke_account(Engine& engine, const ServerRequest& request) {
  const ConnectionId id(request.param("id"));
  const Connection connection = account_or_not_found(*engine.database().read(), id);
  if (connection.status == ConnectionStatus::Revoked) return revoked(id, {});
  try {
    return revoked(id, engine.connector().revoke(id));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Unsupported) return error_response_with_status(request, error, 400);
    if (error.code() == ErrorCode::WrongState) return error_response_with_status(request, error, 409);
    throw;
  }
}

}  // namespace

std::vector<RouteEntry> connected_account_routes() {
  return {
      {"GET", "/connected_accounts", list_accounts, "List connected accounts",
       "accounts are listed by user, toolkit, auth config, status and id",
       "user_ids,user_id,auth_config_ids,toolkit_slugs,connected_account_ids,statuses,account_type,order_by,"
       "order_direction,limit,cursor"},
      {"GET", "/connected_accounts/:id", get_account, "Get a connected account",
       "an account shows all that SDKs need and no credential"},
      {"PATCH", "/connected_accounts/:id/status", set_account_status, "Enable or disable an account",
       "a disabled account is INACTIVE until it is enabled again"},
      {"PATCH",
       "/connected_accounts/:id",
       update_account,
       "Change alias, credential or users of an account",
       "a denial wins over all but the maker, and who is not let in stays out",
       {},
       Support::Partial,
       "parts of a credential that the toolkit does not send (generic_id, generic_secret, api_key_prefix, "
       "user_agent) are refused with 400"},
      {"POST", "/connected_accounts/:id/revoke", revoke_account, "Revoke the grant at the provider",
       "what cannot be revoked is refused in the SDK's own numbers"},
      {"DELETE", "/connected_accounts/:id", delete_account, "Delete an account",
       "a deleted account is absent everywhere", "revoke_on_delete"}};
}

}  // namespace coffer::api::v3
