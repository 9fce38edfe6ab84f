#include "vault/connect/connector.h"

#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/connect/account_choice.h"
#include "vault/connect/credentials.h"
#include "vault/connect/grant.h"
#include "vault/connect/walk.h"
#include "vault/model/lifecycle.h"
#include "vault/store/connection_store.h"

namespace coffer {
namespace {

link_store::Link new_link(const ConnectRequest& request, const Connection& connection, Timestamp now) {
  link_store::Link link;
  link.connection = connection.id;
  link.user = connection.user;
  link.auth_config = connection.auth_config;
  link.toolkit = connection.toolkit;
  link.callback_url = request.callback_url;
  link.alias = connection.alias;
  link.fields = request.fields;
  link.created_at = now;
  link.expires_at = now + kLinkLifetime;
  link.expected_generation = connection.generation;
  return link;
}

std::vector<std::string> scopes_of(const Credential& credential, const std::vector<std::string>& asked) {
  const auto* tokens = std::get_if<TokenSet>(&credential);
  return tokens == nullptr || tokens->scopes.empty() ? asked : tokens->scopes;
}

}  // namespace

Connector::Connector(Env env, Database& database, const Catalog& catalog, Hooks hooks)
    : env_(env), database_(database), catalog_(catalog), hooks_(std::move(hooks)), tokens_(env) {}

Env Connector::reserve(const std::string& url, std::unique_ptr<HttpClient>& reserved) const {
  if (hooks_.reserve) reserved = hooks_.reserve(url);
  return {env_.clock, env_.random, reserved ? *reserved : env_.http, env_.log};
}

ConnectLink Connector::authorize(const ConnectRequest& request) {
  return authorize([&](Transaction&) { return request; });
}

ConnectLink Connector::authorize(const std::function<ConnectRequest(Transaction&)>& decide) {
  const Timestamp now = env_.clock.now();
  const auto tx = database_.write();
  const ConnectRequest request = decide(*tx);
  check_connect_request(request);
  const Blueprint blueprint = load_blueprint(*tx, catalog_, request.auth_config);
  require_enabled(blueprint);
  if (blueprint.config.scheme == AuthScheme::S2sOAuth2) {
    throw Error(ErrorCode::InvalidArgument, "scheme S2S_OAUTH2 has no sign-in: no user takes part in it",
                "create the account with POST /api/v3/connected_accounts");
  }
  check_known_fields(*blueprint.mode, request.fields);
  ConnectLink out{random_secret(env_.random, "lk_"), open_account(*tx, request, blueprint, now, env_.random),
                  now + kLinkLifetime};
  link_store::insert(*tx, new_link(request, out.connection, now), out.token);
  link_store::supersede(*tx, out.connection.id);
  tx->commit();
  env_.log.info("link.created",
                {{"connected_account_id", out.connection.id.str()}, {"toolkit", out.connection.toolkit}});
  return out;
}

Connection Connector::import(const ConnectRequest& request, Credential credential) {
  check_connect_request(request);
  const Timestamp now = env_.clock.now();
  Grant grant{
      .credential = std::move(credential), .fields = request.fields, .asked_at = now, .origin = "import"};
  {
    const Blueprint blueprint = load_blueprint(*database_.read(), catalog_, request.auth_config);
    add_shared(*blueprint.mode, blueprint.shared, grant.credential);
    grant.fields.merge(shared_fields(*blueprint.mode, blueprint.shared));
    require_enabled(blueprint);
    obtain_token(blueprint, grant);
    require_complete(*blueprint.mode, grant.credential, grant.fields);
    if (request.asks_service) {
      require_verifying_call(*blueprint.toolkit);
      verify_key(blueprint, grant);
    }
  }
  const auto tx = database_.write();
  const Blueprint blueprint = load_blueprint(*tx, catalog_, request.auth_config);
  require_enabled(blueprint);
  Connection connection = open_account(*tx, request, blueprint, now, env_.random);
  link_store::finish(*tx, connection.id, link_store::State::Failed);
  grant.scopes = scopes_of(grant.credential, blueprint.scopes());
  return commit_import(*tx, std::move(connection), std::move(grant));
}

Connection Connector::change_credential(const ConnectionId& id, const CredentialChange& change) {
  const auto tx = database_.write();
  auto opened = connection_store::open(*tx, id);
  if (!opened) connection_store::throw_absent(id);
  Connection& connection = opened->connection;
  if (connection.status == ConnectionStatus::Revoked) {
    throw Error(ErrorCode::WrongState, in_quotes(id.str()) + " was revoked",
                "connect it again with a new link");
  }
  Grant grant{.credential = change(*tx, connection, std::move(opened->credential)),
              .asked_at = env_.clock.now(),
              .origin = "replacement"};
  check_credential(connection.scheme, grant.credential);
  grant.scopes = scopes_of(grant.credential, connection.scopes);
  return commit_import(*tx, std::move(connection), std::move(grant));
}

Connection Connector::commit_import(WriteTransaction& tx, Connection connection, Grant grant) {
  apply_grant(tx, connection, grant, env_.clock.now());
  tx.commit();
  env_.log.info("connection.stored",
                {{"connected_account_id", connection.id.str()}, {"toolkit", connection.toolkit}});
  hooks_.on_connected();
  return connection;
}

LinkView Connector::view(std::string_view link_token) const {
  const auto tx = database_.read();
  Walk walk = load_walk(*tx, catalog_, link_token);
  LinkView view;
  view.state = state_of(walk.link, env_.clock.now());
  view.toolkit = walk.blueprint.toolkit;
  view.mode = walk.blueprint.mode;
  view.provider = walk.blueprint.provider;
  view.scopes = walk.blueprint.scopes();
  view.missing_fields = missing_fields(walk);
  view.service_host = service_host(walk);
  view.callback_url = walk.link.callback_url;
  view.expires_at = walk.link.expires_at;
  view.connection = std::move(walk.connection);
  return view;
}

std::optional<Timestamp> Connector::expire_links() {
  const Timestamp now = env_.clock.now();
  {
    const auto next = link_store::next_expiry(*database_.read());
    if (!next || *next > now) return next;
  }
  const auto tx = database_.write();
  for (const link_store::Link& link : link_store::overdue(*tx, now)) expire_link(*tx, link, now, env_.log);
  const auto next = link_store::next_expiry(*tx);
  tx->commit();
  return next;
}

}  // namespace coffer
