#include "vault/api/v3/auth_config_change.h"

#include "vault/api/v3/auth_config_view.h"
#include "vault/api/wire/query.h"
#include "vault/api/wire/tampered_deletion.h"
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/model/credential_fields.h"
#include "vault/oauth/token_client.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"
#include "vault/store/link_store.h"

namespace coffer::api::v3 {
namespace {

constexpr std::int64_t kMostRevocations = 100;
constexpr std::string_view kAuthConfigDeleted = "auth config deleted";

// By their slugs; a restriction to a tool that does not exist would lock everybody out.
std::vector<std::string> slugs_of(const Catalog& catalog, const std::string& toolkit, const std::string& key,
                                  const std::vector<std::string>& tools) {
  std::vector<std::string> slugs;
  for (const std::string& name : tools) {
    const ToolRef ref = catalog.find_tool(name);
    if (ref.tool == nullptr || ref.toolkit->slug != toolkit) {
      throw Error(ErrorCode::InvalidArgument,
                  in_quotes(key) + " names no tool of toolkit " + in_quotes(toolkit) + ": " + in_quotes(name),
                  "GET /api/v3/tools?toolkit_slug=" + toolkit + " lists them");
    }
    slugs.push_back(ref.tool->slug);
  }
  return slugs;
}

void apply(const AuthConfigInput& input, const Catalog& catalog, AuthConfig& config) {
  if (input.name) config.name = *input.name;
  if (input.scopes) config.scopes = *input.scopes;
  if (input.is_enabled) config.is_enabled = *input.is_enabled;
  if (input.tools_for_execution) {
    config.tools_for_execution =
        slugs_of(catalog, config.toolkit, "tools_available_for_execution", *input.tools_for_execution);
  }
  if (input.tools_for_creation) {
    config.tools_for_creation =
        slugs_of(catalog, config.toolkit, "tools_for_connected_account_creation", *input.tools_for_creation);
  }
}

void change_shared_credentials(WriteTransaction& tx, AuthConfig& config, const AuthConfigInput& input) {
  if (input.shared.empty()) return;
  auto shared = auth_config_store::open_shared_credentials(tx, config.id);
  for (const auto& [name, value] : input.shared) {
    shared.erase(name);
    if (!value.empty()) shared.emplace(name, value.clone());
  }
  auth_config_store::replace_shared_credentials(tx, config.id, std::move(shared));
}

void store_changes(Engine& engine, WriteTransaction& tx, AuthConfig& config, const AuthConfigInput& input) {
  apply(input, engine.catalog(), config);
  config.updated_at = engine.env().clock.now();
  auth_config_store::update(tx, config);
  change_shared_credentials(tx, config, input);
}

void replace_client(WriteTransaction& tx, AuthConfig& config, AuthConfigInput& input) {
  if (config.is_managed || credential_kind(config.scheme) != CredentialKind::Tokens) {
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

// The client that is given; for DCR_OAUTH else one that the provider registers (RFC 7591).
ClientCredentials client_of(Engine& engine, const Toolkit& toolkit, const AuthConfig& config,
                            const AuthConfigInput& input) {
  if (!input.client_id.value_or("").empty()) {
    return {*input.client_id, input.client_secret ? input.client_secret->clone() : Secret()};
  }
  const Provider* provider = engine.catalog().find_provider(toolkit.find_auth(config.scheme)->provider);
  const bool registers = config.scheme == AuthScheme::DcrOAuth && !provider->registration_url.empty();
  if (registers) {
    const std::string redirect_uri = engine.public_url() + "/oauth/callback/" + config.id.str();
    return TokenClient(engine.env()).register_client(*provider, redirect_uri, config.name);
  }
  if (config.scheme == AuthScheme::OAuth2 || config.scheme == AuthScheme::DcrOAuth) {
    throw Error(ErrorCode::InvalidArgument, "\"auth_config.credentials.client_id\" is missing",
                "register an OAuth app at " + toolkit.name + " and send its client_id and client_secret");
  }
  return {};
}

bool has_client(const AuthConfigInput& input) {
  return !input.client_id.value_or("").empty() || (input.client_secret && !input.client_secret->empty());
}

void refuse_needless_client(const Toolkit& toolkit, AuthScheme scheme, const AuthConfigInput& input) {
  if (!has_client(input) || credential_kind(scheme) == CredentialKind::Tokens) return;
  throw Error(ErrorCode::InvalidArgument,
              "scheme " + std::string(to_string(scheme)) + " of toolkit " + in_quotes(toolkit.slug) +
                  " takes no client_id and no client_secret",
              "leave them out, or ask for authScheme OAUTH2 where the toolkit has it");
}

bool changes_something(const AuthConfigInput& input) {
  return input.name || input.scopes || input.tools_for_execution || input.tools_for_creation ||
         !input.shared.empty();
}

}  // namespace

AuthConfig managed_auth_config(Engine& engine, const Toolkit& toolkit, const AuthConfigInput& input) {
  if (has_client(input)) {
    throw Error(ErrorCode::InvalidArgument,
                "the managed auth config of toolkit " + in_quotes(toolkit.slug) +
                    " takes no \"credentials.client_id\" and no \"credentials.client_secret\"",
                "ask for type use_custom_auth to use a client of your own");
  }
  AuthConfig config = engine.managed_auth_config(toolkit.slug);
  if (!changes_something(input)) return config;
  const auto tx = engine.database().write();
  config = auth_config_or_not_found(*tx, config.id);
  store_changes(engine, *tx, config, input);
  tx->commit();
  return config;
}

AuthConfig create_custom_auth_config(Engine& engine, const Toolkit& toolkit, AuthScheme scheme,
                                     const AuthConfigInput& input) {
  refuse_needless_client(toolkit, scheme, input);
  AuthConfig config;
  config.id = AuthConfigId(random_id(engine.env().random, "ac_"));
  config.toolkit = toolkit.slug;
  config.name = toolkit.name + " Auth Config";
  config.scheme = scheme;
  apply(input, engine.catalog(), config);
  const ClientCredentials client = client_of(engine, toolkit, config, input);
  config.client_id = client.client_id;
  config.created_at = config.updated_at = engine.env().clock.now();
  const auto tx = engine.database().write();
  auth_config_store::insert(*tx, config, client.client_secret);
  change_shared_credentials(*tx, config, input);
  tx->commit();
  return config;
}

void change_auth_config(Engine& engine, const AuthConfigId& id, AuthConfigInput input) {
  const bool changes_client = input.client_id || input.client_secret;
  {
    const auto tx = engine.database().write();
    AuthConfig config = auth_config_or_not_found(*tx, id);
    if (changes_client) replace_client(*tx, config, input);
    store_changes(engine, *tx, config, input);
    tx->commit();
  }
  if (changes_client) engine.refresher().client_changed(id);
  engine.refresher().wake();
}

void enable_auth_config(Engine& engine, const AuthConfigId& id, bool enabled) {
  AuthConfigInput input;
  input.is_enabled = enabled;
  change_auth_config(engine, id, std::move(input));
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
