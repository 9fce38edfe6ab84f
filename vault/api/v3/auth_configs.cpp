#include <nlohmann/json.hpp>

#include "vault/api/v3/auth_config_input.h"
#include "vault/api/v3/auth_config_view.h"
#include "vault/api/v3/routes.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/api/wire/paging.h"
#include "vault/api/wire/query.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"
#include "vault/store/link_store.h"

namespace coffer::api::v3 {
namespace {

constexpr std::int64_t kMostRevocations = 100;
constexpr std::string_view kAuthConfigDeleted = "auth config deleted";

ServerResponse success() {
  return ServerResponse::json(200, R"({"success":true})");
}

ServerResponse created(const AuthConfig& config) {
  const Json body = {{"toolkit", {{"slug", config.toolkit}}},
                     {"auth_config",
                      {{"id", config.id.str()},
                       {"auth_scheme", to_string(config.scheme)},
                       {"is_composio_managed", config.is_managed}}}};
  return ServerResponse::json(201, dump_json(body));
}

void store_changes(WriteTransaction& tx, AuthConfig& config, const AuthConfigInput& input, Timestamp now) {
  if (input.name) config.name = *input.name;
  if (input.scopes) config.scopes = *input.scopes;
  config.updated_at = now;
  auth_config_store::update(tx, config);
}

// A toolkit has one managed default: asking for it again gives the same one, with the name and
// scopes now asked for.
ServerResponse create_managed(Engine& engine, const Toolkit& toolkit, const AuthConfigInput& input) {
  AuthConfig config = engine.managed_auth_config(toolkit.slug);
  if (!input.name && !input.scopes) return created(config);
  const auto tx = engine.database().write();
  config = auth_config_or_not_found(*tx, config.id);
  store_changes(*tx, config, input, engine.env().clock.now());
  tx->commit();
  return created(config);
}

ServerResponse create_custom(Engine& engine, const Toolkit& toolkit, AuthScheme scheme,
                             const AuthConfigInput& input) {
  if (scheme == AuthScheme::OAuth2 && input.client_id.value_or("").empty()) {
    throw Error(ErrorCode::InvalidArgument, "\"auth_config.credentials.client_id\" is missing",
                "register an OAuth app at " + toolkit.name + " and send its client_id and client_secret");
  }
  AuthConfig config;
  config.id = AuthConfigId(random_id(engine.env().random, "ac_"));
  config.toolkit = toolkit.slug;
  config.name = input.name.value_or(toolkit.name + " Auth Config");
  config.scheme = scheme;
  config.scopes = input.scopes.value_or(std::vector<std::string>());
  config.client_id = input.client_id.value_or("");
  config.created_at = config.updated_at = engine.env().clock.now();
  const auto tx = engine.database().write();
  const Secret none;
  auth_config_store::insert(*tx, config, input.client_secret ? *input.client_secret : none);
  tx->commit();
  return created(config);
}

bool asks_for_custom(const ObjectReader& body) {
  const std::string type = body.text("type");
  if (type.empty() || type == "use_composio_managed_auth") return false;
  if (type == "use_custom_auth") return true;
  body.fail("type", "is none of its values", "use use_composio_managed_auth or use_custom_auth");
}

ServerResponse create_auth_config(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const std::string slug = body.required_object("toolkit").required_text("slug");
  const Toolkit* toolkit = engine.catalog().find_toolkit(slug);
  if (toolkit == nullptr) {
    throw Error(ErrorCode::InvalidArgument, "\"toolkit.slug\" names no toolkit: \"" + slug + "\"",
                "GET /api/v3/toolkits lists them");
  }
  const auto config = body.object("auth_config");
  if (!config) return create_managed(engine, *toolkit, {});
  if (!asks_for_custom(*config)) return create_managed(engine, *toolkit, read_auth_config_input(*config));
  const AuthScheme scheme = read_custom_scheme(*config, *toolkit);
  return create_custom(engine, *toolkit, scheme, read_auth_config_input(*config));
}

ServerResponse get_auth_config(Engine& engine, const ServerRequest& request) {
  const auto tx = engine.database().read();
  const AuthConfig config = auth_config_or_not_found(*tx, AuthConfigId(request.param("id")));
  return ServerResponse::json(200, dump_json(auth_config_view(*tx, engine.catalog(), config)));
}

ServerResponse list_auth_configs(Engine& engine, const ServerRequest& request) {
  auth_config_store::Query query;
  for (const std::string& slug : list_param(request, "toolkit_slug"))
    query.toolkits.push_back(to_lower(slug));
  for (std::string& id : list_param(request, "auth_config_ids")) query.ids.emplace_back(std::move(id));
  query.is_managed = bool_param(request, "is_composio_managed");
  query.include_disabled = bool_param(request, "show_disabled").value_or(false);
  query.search = text_param(request, "search");
  query.page = page_param(request);
  const auto tx = engine.database().read();
  const auto found = auth_config_store::list(*tx, query);
  Json items = Json::array();
  for (const AuthConfig& config : found.items)
    items.push_back(auth_config_view(*tx, engine.catalog(), config));
  return page_response(std::move(items), found.total, query.page);
}

void replace_client(WriteTransaction& tx, AuthConfig& config, AuthConfigInput& input) {
  if (config.is_managed || config.scheme != AuthScheme::OAuth2) {
    throw Error(ErrorCode::InvalidArgument,
                "auth config \"" + config.id.str() + "\" has no client of its own",
                "create a custom auth config with authScheme OAUTH2");
  }
  ClientCredentials client = auth_config_store::open_client(tx, config.id);
  if (input.client_id) client.client_id = *input.client_id;
  if (input.client_secret) client.client_secret = std::move(*input.client_secret);
  config.client_id = client.client_id;
  auth_config_store::replace_client(tx, config.id, client);
}

ServerResponse update_auth_config(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  AuthConfigInput input = read_auth_config_input(parsed.root());
  const AuthConfigId id(request.param("id"));
  const bool changes_client = input.client_id || input.client_secret;
  {
    const auto tx = engine.database().write();
    AuthConfig config = auth_config_or_not_found(*tx, id);
    if (changes_client) replace_client(*tx, config, input);
    store_changes(*tx, config, input, engine.env().clock.now());
    tx->commit();
  }
  if (changes_client) engine.refresher().client_changed(id);
  return success();
}

ServerResponse set_auth_config_status(Engine& engine, const ServerRequest& request) {
  const std::string status = request.param("status");
  if (status != "ENABLED" && status != "DISABLED") {
    throw Error(ErrorCode::InvalidArgument, "\"" + status + "\" is no status of an auth config",
                "use ENABLED or DISABLED");
  }
  const auto tx = engine.database().write();
  AuthConfig config = auth_config_or_not_found(*tx, AuthConfigId(request.param("id")));
  config.is_enabled = status == "ENABLED";
  store_changes(*tx, config, {}, engine.env().clock.now());
  tx->commit();
  engine.refresher().wake();
  return success();
}

// Each revocation is a call to the provider: a crowd would keep the caller waiting for minutes.
void revoke_accounts_of(Engine& engine, const AuthConfigId& id) {
  connection_store::Query query;
  query.auth_configs = {id};
  query.statuses = {ConnectionStatus::Active};
  query.page.limit = kMostRevocations;
  const auto found = connection_store::list(*engine.database().read(), query);
  if (found.total > kMostRevocations) {
    throw Error(ErrorCode::InvalidArgument,
                "auth config \"" + id.str() + "\" has more than 100 ACTIVE accounts",
                "revoke them with POST /api/v3/connected_accounts/{id}/revoke first");
  }
  for (const Connection& connection : found.items) engine.connector().revoke(connection.id);
}

// Their client is gone with the auth config: they could not be refreshed any more.
void switch_off_accounts_of(WriteTransaction& tx, const AuthConfigId& id, Timestamp now) {
  connection_store::Query query;
  query.auth_configs = {id};
  query.statuses = {ConnectionStatus::Active, ConnectionStatus::Initiated, ConnectionStatus::Initializing};
  query.page.limit = kMostItems;
  for (auto found = connection_store::list(tx, query); !found.items.empty();
       found = connection_store::list(tx, query)) {
    for (Connection& connection : found.items) {
      connection.status = ConnectionStatus::Inactive;
      connection.status_reason = kAuthConfigDeleted;
      connection.next_refresh_at.reset();
      connection.updated_at = now;
      if (!connection_store::update(tx, connection)) {
        throw Error(ErrorCode::Conflict,
                    "connected account \"" + connection.id.str() + "\" changed meanwhile");
      }
      link_store::finish(tx, connection.id, link_store::State::Failed);
    }
  }
}

ServerResponse delete_auth_config(Engine& engine, const ServerRequest& request) {
  const AuthConfigId id(request.param("id"));
  auth_config_or_not_found(*engine.database().read(), id);
  if (bool_param(request, "revoke_on_delete") == true) revoke_accounts_of(engine, id);
  const auto tx = engine.database().write();
  auth_config_or_not_found(*tx, id);
  switch_off_accounts_of(*tx, id, engine.env().clock.now());
  auth_config_store::remove(*tx, id, engine.env().clock.now());
  tx->commit();
  return ServerResponse::json(200, "{}");
}

}  // namespace

std::vector<RouteEntry> auth_config_routes() {
  return {
      {"POST", "/auth_configs", create_auth_config, "Create an auth config, or get the managed one"},
      {"GET", "/auth_configs", list_auth_configs, "List auth configs"},
      {"GET", "/auth_configs/:id", get_auth_config, "Get an auth config"},
      {"PATCH", "/auth_configs/:id", update_auth_config, "Change name, scopes or client of an auth config"},
      {"PATCH", "/auth_configs/:id/:status", set_auth_config_status, "Enable or disable an auth config"},
      {"DELETE", "/auth_configs/:id", delete_auth_config, "Delete an auth config"}};
}

}  // namespace coffer::api::v3
