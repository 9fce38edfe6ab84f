#include <nlohmann/json.hpp>

#include "vault/api/legacy/account_view.h"
#include "vault/api/legacy/list_page.h"
#include "vault/api/legacy/routes.h"
#include "vault/api/v3/account_change.h"
#include "vault/api/v3/account_view.h"
#include "vault/api/wire/query.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/store/connection_store.h"
#include "vault/store/shared_account_store.h"

namespace coffer::api::legacy {
namespace {

ServerResponse success() {
  return ServerResponse::json(200, R"({"status":"success"})");
}

ConnectionId account_param(const ServerRequest& request) {
  return ConnectionId(request.param("account"));
}

// The Python SDK joins several ids by commas. The JavaScript SDK sends one, which may hold commas
// itself: parting it would show the accounts of others.
std::vector<std::string> entity_params(const ServerRequest& request) {
  std::vector<std::string> users = owner_list_param(request, "user_uuid");
  if (!users.empty() && request.header("x-source") == "python_sdk") return users;
  if (!users.empty()) return {text_param(request, "user_uuid")};
  if (owner_list_param(request, "entityId").empty()) return {};
  return {text_param(request, "entityId")};
}

constexpr ConnectionStatus kAllStatuses[] = {ConnectionStatus::Initializing, ConnectionStatus::Initiated,
                                             ConnectionStatus::Active,       ConnectionStatus::Failed,
                                             ConnectionStatus::Expired,      ConnectionStatus::Revoked,
                                             ConnectionStatus::Inactive};

// Disabled accounts are listed where they are asked for.
std::vector<ConnectionStatus> statuses_param(const ServerRequest& request) {
  const bool shows_disabled = bool_param(request, "showDisabled").value_or(false);
  const std::string only =
      bool_param(request, "showActiveOnly").value_or(false)
          ? "ACTIVE"
          : choice_param(request, "status", {"INITIATED", "ACTIVE", "FAILED", "EXPIRED"});
  std::vector<ConnectionStatus> statuses;
  for (const ConnectionStatus status : kAllStatuses) {
    if (status == ConnectionStatus::Inactive && !shows_disabled) continue;
    if (only.empty() || account_status(status) == only) statuses.push_back(status);
  }
  return statuses;
}

connection_store::Query read_query(const ServerRequest& request) {
  connection_store::Query query;
  for (std::string& id : entity_params(request)) query.users.emplace_back(std::move(id));
  for (const char* name : {"appNames", "appUniqueKeys"}) {
    for (const std::string& app : list_param(request, name)) query.toolkits.push_back(to_lower(app));
  }
  for (std::string& id : list_param(request, "integrationId")) query.auth_configs.emplace_back(std::move(id));
  for (std::string& id : list_param(request, "connectionId")) query.ids.emplace_back(std::move(id));
  query.statuses = statuses_param(request);
  query.page = list_page_param(request);
  return query;
}

ServerResponse list_accounts(Engine& engine, const ServerRequest& request) {
  const connection_store::Query query = read_query(request);
  // No account has a label.
  if (!list_param(request, "labels").empty()) return list_page_response(Json::array(), 0, query.page);
  const auto found = shared_account_store::list(*engine.database().read(), query,
                                                shared_account_store::AccountType::Private);
  Json items = Json::array();
  for (const Connection& connection : found.items) {
    items.push_back(account_view(engine.catalog(), connection));
  }
  return list_page_response(std::move(items), found.total, query.page);
}

ServerResponse get_account(Engine& engine, const ServerRequest& request) {
  const Connection connection = v3::account_or_not_found(*engine.database().read(), account_param(request));
  return ServerResponse::json(200, dump_json(account_view(engine.catalog(), connection)));
}

ServerResponse get_auth_parameters(Engine& engine, const ServerRequest& request) {
  const Connection connection = v3::account_or_not_found(*engine.database().read(), account_param(request));
  return ServerResponse::json(200, dump_json(auth_parameters(engine.catalog(), connection)));
}

ServerResponse delete_account(Engine& engine, const ServerRequest& request) {
  v3::delete_account_of(engine, account_param(request), false);
  return ServerResponse::json(200, R"({"status":"success","count":1})");
}

ServerResponse enable_account(Engine& engine, const ServerRequest& request) {
  v3::set_enabled(engine, account_param(request), true);
  return success();
}

ServerResponse disable_account(Engine& engine, const ServerRequest& request) {
  v3::set_enabled(engine, account_param(request), false);
  return success();
}

}  // namespace

std::vector<RouteEntry> account_routes() {
  constexpr const char* kSwitched = "a disabled account is hidden and cannot act until it is enabled";
  return {
      {"GET", "/v1/connectedAccounts", list_accounts, "List connected accounts",
       "accounts are listed by entity, app, integration, id and status"},
      {"GET", "/v1/connectedAccounts/:account", get_account, "Get a connected account",
       "an entity connects by a link that its account waits for"},
      {"GET",
       "/v1/connectedAccounts/:account/info",
       get_auth_parameters,
       "What requests as an account carry",
       "what requests carry is told without the credential",
       {},
       Support::Partial,
       "the credential is masked"},
      {"DELETE", "/v1/connectedAccounts/:account", delete_account, "Delete an account",
       "a deleted account is absent"},
      {"POST", "/v1/connectedAccounts/:account/enable", enable_account, "Enable an account", kSwitched},
      {"POST", "/v1/connectedAccounts/:account/disable", disable_account, "Disable an account", kSwitched}};
}

}  // namespace coffer::api::legacy
