#include "vault/api/v3/auth_config_change.h"

#include "vault/api/v3/auth_config_view.h"
#include "vault/api/v3/tampered_deletion.h"
#include "vault/api/wire/query.h"
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"
#include "vault/store/link_store.h"

namespace coffer::api::v3 {
namespace {

constexpr std::int64_t kMostRevocations = 100;
constexpr std::string_view kAuthConfigDeleted = "auth config deleted";

void store_changes(WriteTransaction& tx, AuthConfig& config, const AuthConfigInput& input, Timestamp now) {
  if (input.name) config.name = *input.name;
  if (input.scopes) config.scopes = *input.scopes;
  config.updated_at = now;
  auth_config_store::update(tx, config);
}

void replace_client(WriteTransaction& tx, AuthConfig& config, AuthConfigInput& input) {
  if (config.is_managed || config.scheme != AuthScheme::OAuth2) {
    throw Error(ErrorCode::InvalidArgument,
                "auth config " + in_quotes(config.id.str()) + " has no client of its own",
                "create a custom auth config with authScheme OAUTH2");
  }
  ClientCredentials client = auth_config_store::open_client(tx, config.id);
  if (input.client_id) client.client_id = *input.client_id;
  if (input.client_secret) client.client_secret = std::move(*input.client_secret);
  config.client_id = client.client_id;
  auth_config_store::replace_client(tx, config.id, client);
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
                "auth config " + in_quotes(id.str()) + " has more than 100 ACTIVE accounts",
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
                    "connected account " + in_quotes(connection.id.str()) + " changed meanwhile");
      }
      link_store::finish(tx, connection.id, link_store::State::Failed);
    }
  }
}

}  // namespace

AuthConfig managed_auth_config(Engine& engine, const Toolkit& toolkit, const AuthConfigInput& input) {
  AuthConfig config = engine.managed_auth_config(toolkit.slug);
  if (!input.name && !input.scopes) return config;
  const auto tx = engine.database().write();
  config = auth_config_or_not_found(*tx, config.id);
  store_changes(*tx, config, input, engine.env().clock.now());
  tx->commit();
  return config;
}

AuthConfig create_custom_auth_config(Engine& engine, const Toolkit& toolkit, AuthScheme scheme,
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
  return config;
}

void change_auth_config(Engine& engine, const AuthConfigId& id, AuthConfigInput input) {
  const bool changes_client = input.client_id || input.client_secret;
  {
    const auto tx = engine.database().write();
    AuthConfig config = auth_config_or_not_found(*tx, id);
    if (changes_client) replace_client(*tx, config, input);
    store_changes(*tx, config, input, engine.env().clock.now());
    tx->commit();
  }
  if (changes_client) engine.refresher().client_changed(id);
}

void enable_auth_config(Engine& engine, const AuthConfigId& id, bool enabled) {
  const auto tx = engine.database().write();
  AuthConfig config = auth_config_or_not_found(*tx, id);
  config.is_enabled = enabled;
  store_changes(*tx, config, {}, engine.env().clock.now());
  tx->commit();
  engine.refresher().wake();
}

void remove_auth_config(Engine& engine, const AuthConfigId& id, bool revoke_first) {
  if (revoke_first) {
    auth_config_or_not_found(*engine.database().read(), id);
    revoke_accounts_of(engine, id);
  }
  const Timestamp now = engine.env().clock.now();
  const auto tx = engine.database().write();
  allow_tampered_deletion(*tx, now, "auth config " + id.str(), [&] {
    auth_config_or_not_found(*tx, id);
    auth_config_store::open_client(*tx, id);
  });
  switch_off_accounts_of(*tx, id, now);
  auth_config_store::remove(*tx, id, now);
  tx->commit();
}

}  // namespace coffer::api::v3
