#include "vault/engine/trigger.h"

#include "vault/base/error.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"

namespace coffer {
namespace {

const Provider& provider_of(const Catalog& catalog, const Connection& connection) {
  const Toolkit* toolkit = catalog.find_toolkit(connection.toolkit);
  const AuthMode* mode = toolkit == nullptr ? nullptr : toolkit->find_auth(connection.scheme);
  const Provider* provider = mode == nullptr ? nullptr : catalog.find_provider(mode->provider);
  if (provider == nullptr || provider->revoke_url.empty()) {
    throw Error(ErrorCode::Unsupported,
                "the provider of \"" + connection.id.str() + "\" has no revocation endpoint",
                "revoke the grant at the provider's own page, then run `coffer refresh`");
  }
  return *provider;
}

void revoke_at_provider(Engine& engine, const ConnectionId& id) {
  auto tx = engine.database().read();
  const auto opened = connection_store::open(*tx, id);
  if (!opened) throw Error(ErrorCode::NotFound, "connected account \"" + id.str() + "\" does not exist");
  if (opened->connection.status != ConnectionStatus::Active) {
    throw Error(ErrorCode::WrongState, "connected account \"" + id.str() + "\" is not ACTIVE",
                "connect it first");
  }
  const auto* tokens = std::get_if<TokenSet>(&opened->credential);
  if (tokens == nullptr || tokens->refresh_token.empty()) {
    throw Error(ErrorCode::Unsupported,
                "connected account \"" + id.str() + "\" has no refresh token to revoke",
                "use an OAuth2 account whose provider gives refresh tokens");
  }
  const Provider& provider = provider_of(engine.catalog(), opened->connection);
  const ClientCredentials client = auth_config_store::open_client(*tx, opened->connection.auth_config);
  tx.reset();
  if (!TokenClient(engine.env()).revoke(provider, client, tokens->refresh_token, "refresh_token")) {
    throw Error(ErrorCode::Unavailable, "the provider did not revoke the grant of \"" + id.str() + "\"");
  }
}

}  // namespace

void trigger_expiry(Engine& engine, const ConnectionId& id) {
  revoke_at_provider(engine, id);
  const RefreshResult result = engine.refresher().refresh_now(id, true);
  if (result.kind != RefreshResult::Kind::Rejected) {
    throw Error(ErrorCode::Unavailable, "the provider still honours the grant of \"" + id.str() + "\"",
                result.detail);
  }
  engine.dispatcher().run_due();
}

}  // namespace coffer
