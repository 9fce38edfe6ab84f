#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/connect/connector.h"
#include "vault/model/lifecycle.h"
#include "vault/refresh/attempt.h"
#include "vault/store/audit_log.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"

namespace coffer {
namespace {

// A refresh may replace the tokens between our reading them and their end at the provider.
constexpr int kMaxRounds = 3;

struct Revocable {
  connection_store::Opened opened;
  const Provider* provider = nullptr;
  ClientCredentials client;

  const TokenSet& tokens() const { return std::get<TokenSet>(opened.credential); }
};

constexpr const char* kOtherWay = "delete the account here, and the access in the service's own settings";

const Provider& revoking_provider(const Catalog& catalog, const Connection& connection) {
  const Provider* provider = provider_of_toolkit(catalog, connection.toolkit, connection.scheme);
  if (provider == nullptr || provider->revoke_url.empty()) {
    throw Error(ErrorCode::Unsupported,
                "toolkit " + in_quotes(connection.toolkit) + " has no way to revoke a grant", kOtherWay);
  }
  return *provider;
}

Error without_client(const Connection& connection) {
  return {ErrorCode::WrongState,
          in_quotes(connection.id.str()) + " is " + std::string(to_string(connection.status)) +
              ": its auth config was deleted, and the client with it",
          kOtherWay};
}

// The client that the grant was given to: the account's own, or its auth config's.
ClientCredentials revoking_client(Transaction& tx, const connection_store::Opened& opened) {
  const ClientCredentials& own = std::get<TokenSet>(opened.credential).client;
  if (!own.client_id.empty()) return {own.client_id, own.client_secret.clone()};
  if (!auth_config_store::find(tx, opened.connection.auth_config)) throw without_client(opened.connection);
  return auth_config_store::open_client(tx, opened.connection.auth_config);
}

void require_revocable(Transaction& tx, const connection_store::Opened& opened) {
  const Connection& connection = opened.connection;
  const bool has_tokens = std::holds_alternative<TokenSet>(opened.credential);
  if (connection.status == ConnectionStatus::Active && has_tokens) return;
  if (!auth_config_store::find(tx, connection.auth_config)) throw without_client(connection);
  throw Error(ErrorCode::WrongState,
              in_quotes(connection.id.str()) + " is " + std::string(to_string(connection.status)),
              "only an ACTIVE account can be revoked");
}

// nullopt: revoked already.
std::optional<Revocable> load(Transaction& tx, const Catalog& catalog, const ConnectionId& id) {
  auto opened = connection_store::open(tx, id);
  if (!opened) connection_store::throw_absent(id);
  const ConnectionStatus status = opened->connection.status;
  if (status == ConnectionStatus::Revoked) return std::nullopt;
  const Provider& provider = revoking_provider(catalog, opened->connection);
  require_revocable(tx, *opened);
  ClientCredentials client = revoking_client(tx, *opened);
  return Revocable{std::move(*opened), &provider, std::move(client)};
}

// The refresh token first: with it gone the grant is dead, whatever becomes of the rest
// (RFC 7009 section 2.1).
std::vector<std::string> revoke_tokens(const TokenClient& client, const Revocable& grant) {
  std::vector<std::string> revoked;
  const auto revoke = [&](const Secret& token, const char* kind) {
    if (token.empty() || !client.revoke(*grant.provider, grant.client, token, kind)) return;
    revoked.emplace_back(kind);
  };
  revoke(grant.tokens().refresh_token, "refresh_token");
  if (!grant.tokens().refresh_token.empty() && revoked.empty()) return {};
  revoke(grant.tokens().access_token, "access_token");
  return revoked;
}

void mark_revoked(WriteTransaction& tx, Connection& connection, Timestamp now) {
  const bool was_connected = connection.connected_at.has_value();
  connection.status =
      next_status(connection.status, LifecycleEvent::Revoked, was_connected).value_or(connection.status);
  connection.status_reason = std::string(reason::kRevokedByUser);
  connection.redacted_credential.clear();
  connection.expires_at.reset();
  connection.next_refresh_at.reset();
  connection.refresh_state = RefreshState::Idle;
  connection.failures = 0;
  connection.updated_at = now;
  connection_store::commit_credential(tx, connection, std::monostate{});
  audit_log::append(tx, {0, now, "revoked", connection.id, "at the provider"});
}

}  // namespace

std::vector<std::string> Connector::revoke(const ConnectionId& id) {
  std::vector<std::string> revoked;
  for (int round = 0; round < kMaxRounds; ++round) {
    const auto grant = load(*database_.read(), catalog_, id);
    if (!grant) return revoked;
    std::unique_ptr<HttpClient> reserved;
    revoked = revoke_tokens(TokenClient(reserve(grant->provider->revoke_url, reserved)), *grant);
    if (revoked.empty()) {
      throw Error(ErrorCode::Unavailable, "the provider did not revoke the tokens of " + in_quotes(id.str()),
                  "try again; the account is unchanged");
    }
    const auto tx = database_.write();
    auto connection = connection_store::find(*tx, id);
    if (!connection) return revoked;
    if (connection->generation != grant->opened.connection.generation) continue;
    mark_revoked(*tx, *connection, env_.clock.now());
    tx->commit();
    env_.log.info("connection.revoked",
                  {{"connected_account_id", id.str()}, {"toolkit", connection->toolkit}});
    return revoked;
  }
  throw Error(ErrorCode::Conflict, "the tokens of " + in_quotes(id.str()) + " kept changing", "try again");
}

}  // namespace coffer
