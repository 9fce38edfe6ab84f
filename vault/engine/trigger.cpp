#include "vault/engine/trigger.h"

#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"
#include "vault/tools/account_use.h"

namespace coffer {
namespace {

const Provider& revoking_provider(const Catalog& catalog, const Connection& connection) {
  const Toolkit* toolkit = catalog.find_toolkit(connection.toolkit);
  const AuthMode* mode = toolkit == nullptr ? nullptr : toolkit->find_auth(connection.scheme);
  const Provider* provider = mode == nullptr ? nullptr : catalog.find_provider(mode->provider);
  if (provider == nullptr || provider->revoke_url.empty()) {
    throw Error(ErrorCode::Unsupported,
                "the provider of " + in_quotes(connection.id.str()) + " has no revocation endpoint",
                "revoke the grant at the provider's own page, then run `coffer refresh`");
  }
  return *provider;
}

// RFC 7009.
bool revoke_at_endpoint(Engine& engine, const Connection& connection, const Secret& refresh_token) {
  const Provider& provider = revoking_provider(engine.catalog(), connection);
  const ClientCredentials client =
      auth_config_store::open_client(*engine.database().read(), connection.auth_config);
  return TokenClient(engine.env()).revoke(provider, client, refresh_token, "refresh_token");
}

connection_store::Opened open_active(Engine& engine, const ConnectionId& id) {
  auto opened = connection_store::open(*engine.database().read(), id);
  if (!opened) connection_store::throw_absent(id);
  if (opened->connection.status != ConnectionStatus::Active) {
    const Connection& connection = opened->connection;
    throw Error(ErrorCode::WrongState, "connected account " + in_quotes(id.str()) + " is not ACTIVE",
                way_to_connect(connection.user, connection.toolkit, connection.alias));
  }
  return std::move(*opened);
}

const Secret& require_refresh_token(const connection_store::Opened& opened) {
  const auto* tokens = std::get_if<TokenSet>(&opened.credential);
  if (tokens != nullptr && !tokens->refresh_token.empty()) return tokens->refresh_token;
  const Connection& connection = opened.connection;
  throw Error(ErrorCode::WrongState,
              "connected account " + in_quotes(connection.id.str()) + " has no refresh token: its " +
                  std::string(to_string(connection.scheme)) + " credential never comes up for refresh",
              "trigger it for an account of gmail, slack, jira or another toolkit that refreshes");
}

void revoke_grant(Engine& engine, const connection_store::Opened& opened, const RevokeGrant& revoke) {
  const Secret& refresh_token = require_refresh_token(opened);
  const bool is_revoked =
      revoke ? revoke(refresh_token) : revoke_at_endpoint(engine, opened.connection, refresh_token);
  if (is_revoked) return;
  throw Error(ErrorCode::Unavailable,
              "the provider did not revoke the grant of " + in_quotes(opened.connection.id.str()));
}

bool is_expired(Engine& engine, const ConnectionId& id) {
  const auto connection = connection_store::find(*engine.database().read(), id);
  return connection && connection->status == ConnectionStatus::Expired;
}

}  // namespace

void trigger_expiry(Engine& engine, const ConnectionId& id, const RevokeGrant& revoke) {
  revoke_grant(engine, open_active(engine, id), revoke);
  const RefreshResult result = engine.refresher().refresh_now(id, true);
  if (!is_expired(engine, id)) {
    throw Error(ErrorCode::Unavailable, "the provider still honours the grant of " + in_quotes(id.str()),
                result.detail);
  }
  engine.dispatcher().run_due();
}

}  // namespace coffer
