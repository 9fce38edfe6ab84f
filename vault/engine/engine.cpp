#include "vault/engine/engine.h"

#include <algorithm>

#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/engine/views.h"
#include "vault/refresh/plan.h"
#include "vault/store/audit_log.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"
#include "vault/tools/account_use.h"
#include "vault/tools/request_auth.h"

namespace coffer {
namespace {

constexpr std::size_t kOwnerIdLength = 12;
constexpr int kMostRequestWaits = 16;  // with HostBound's, fewer than the server's threads

std::optional<Timestamp> earliest(std::optional<Timestamp> a, std::optional<Timestamp> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

std::string owner_id(std::string_view prefix, std::string uuid) {
  uuid.erase(std::remove(uuid.begin(), uuid.end(), '-'), uuid.end());
  return std::string(prefix) + uuid.substr(0, kOwnerIdLength);
}

ClientCredentials copy(const ClientCredentials& client) {
  return {client.client_id, client.client_secret.clone()};
}

const Toolkit& require_toolkit(const Catalog& catalog, const std::string& slug) {
  const Toolkit* toolkit = catalog.find_toolkit(slug);
  if (toolkit == nullptr) {
    throw Error(ErrorCode::NotFound, "toolkit " + in_quotes(slug) + " does not exist",
                "list the toolkits with `coffer toolkits` or GET /api/v3/toolkits");
  }
  return *toolkit;
}

// A client for a misspelled toolkit would be thought to be in use.
void check_clients(const Catalog& catalog, const std::map<std::string, ClientCredentials>& clients) {
  const auto takes_client = [](const AuthMode& mode) { return !mode.provider.empty(); };
  for (const auto& [slug, client] : clients) {
    const Toolkit* toolkit = catalog.find_toolkit(slug);
    const bool is_known = toolkit != nullptr && toolkit->slug == slug;
    if (is_known && std::any_of(toolkit->auth.begin(), toolkit->auth.end(), takes_client)) continue;
    throw Error(ErrorCode::InvalidArgument,
                "there is a managed client for toolkit " + in_quotes(slug) +
                    (is_known ? ", which takes none" : ", which does not exist"),
                "leave it out, or name a toolkit that signs in by OAuth: coffer toolkits --offline");
  }
}

}  // namespace

Engine::Engine(Env env, EngineOptions options)
    : bounded_http_(env.http, bound_),
      env_{env.clock, env.random, bounded_http_, env.log},
      managed_clients_(std::move(options.managed_clients)),
      public_url_(std::move(options.public_url)),
      catalog_(Catalog::load(options.catalog)),
      tool_search_(catalog_),
      database_(Database::open(std::move(options.location), env.random, env.log)) {
  dispatcher_ = std::make_unique<Dispatcher>(env, *database_);
  refresher_ = std::make_unique<Refresher>(
      env, *database_, catalog_,
      [this](Transaction& tx, const Connection& connection, const std::string& event_id) {
        return expired_event_body(tx, connection, event_id, env_.clock.now(), project_id(),
                                  organization_id());
      },
      [this] { dispatcher_->wake(); }, &bound_);
  connector_ = std::make_unique<Connector>(env_, *database_, catalog_, connector_hooks(env.http));
  executor_ = std::make_unique<Executor>(env_, *database_, catalog_, *refresher_);
  link_loop_ = std::make_unique<BackgroundLoop>(env_.clock, [this] { return expire_links(); });
  housekeeper_ = std::make_unique<Housekeeper>(env, *database_);
  check_clients(catalog_, managed_clients_);
  adopt_managed_clients();
}

Connector::Hooks Engine::connector_hooks(HttpClient& http) {
  return {.public_url = [this] { return public_url(); },
          .on_connected =
              [this] {
                refresher_->wake();
                note_change();
              },
          .apply_credential = apply_credential,
          .reserve = [this, &http](const std::string& url) -> std::unique_ptr<HttpClient> {
            return std::make_unique<ReservedHttp>(http, bound_, url);
          }};
}

Engine::~Engine() {
  stop();
}

void Engine::start() {
  refresher_->start();
  dispatcher_->start();
  link_loop_->start();
  housekeeper_->start();
}

void Engine::stop() {
  housekeeper_->stop();
  link_loop_->stop();
  refresher_->stop();
  dispatcher_->stop();
}

std::string Engine::public_url() const {
  const std::lock_guard lock(mutex_);
  return public_url_;
}

void Engine::set_public_url(std::string url) {
  const std::lock_guard lock(mutex_);
  public_url_ = std::move(url);
}

std::string Engine::link_url(const Secret& link_token) const {
  return public_url() + "/link/" + std::string(link_token.expose());
}

const AuthMode* Engine::managed_mode(const Toolkit& toolkit) const {
  for (const AuthMode& mode : toolkit.auth) {
    if (mode.provider.empty() || managed_clients_.contains(toolkit.slug)) return &mode;
  }
  return nullptr;
}

bool Engine::has_managed_auth(const Toolkit& toolkit) const {
  return managed_mode(toolkit) != nullptr;
}

AuthConfig Engine::managed_auth_config(const std::string& slug) {
  const Toolkit& toolkit = require_toolkit(catalog_, slug);
  if (auto found = auth_config_store::find_managed(*database_->read(), toolkit.slug)) return *found;
  const AuthMode* mode = managed_mode(toolkit);
  if (mode == nullptr) {
    throw Error(ErrorCode::InvalidArgument,
                "toolkit " + in_quotes(toolkit.slug) + " has no managed auth here",
                "give the daemon an OAuth client for it (--managed-clients), or create a custom auth config");
  }
  const auto tx = database_->write();
  if (auto found = auth_config_store::find_managed(*tx, toolkit.slug)) return *found;  // made meanwhile
  AuthConfig config;
  config.id = AuthConfigId(random_id(env_.random, "ac_"));
  config.toolkit = toolkit.slug;
  config.name = toolkit.name + " Auth Config";
  config.scheme = mode->scheme;
  config.is_managed = true;
  config.scopes = mode->scopes;
  config.created_at = config.updated_at = env_.clock.now();
  ClientCredentials client;
  if (mode->scheme == AuthScheme::OAuth2) client = copy(managed_clients_.at(toolkit.slug));
  config.client_id = client.client_id;
  auth_config_store::insert(*tx, config, client.client_secret);
  tx->commit();
  return config;
}

// A client that changed in the configuration replaces the stored one, so that a rotated client
// secret reaches connections that exist already.
void Engine::adopt_managed_clients() {
  for (const auto& [slug, client] : managed_clients_) {
    const auto tx = database_->write();
    const auto config = auth_config_store::find_managed(*tx, slug);
    if (!config || config->scheme != AuthScheme::OAuth2) continue;
    const ClientCredentials stored = auth_config_store::open_client(*tx, config->id);
    if (stored.client_id == client.client_id && stored.client_secret == client.client_secret) continue;
    auth_config_store::replace_client(*tx, config->id, client);
    tx->commit();
    env_.log.info("managed_client.replaced", {{"auth_config", config->id.str()}, {"toolkit", slug}});
  }
}

connection_store::Opened Engine::lease(const ConnectionId& id) {
  const auto open = [&] {
    auto opened = connection_store::open(*database_->read(), id);
    if (!opened) connection_store::throw_absent(id);
    if (opened->connection.status != ConnectionStatus::Active) {
      throw Error(
          ErrorCode::WrongState,
          "connected account " + in_quotes(id.str()) + " is " +
              std::string(to_string(opened->connection.status)),
          way_to_connect(opened->connection.user, opened->connection.toolkit, opened->connection.alias));
    }
    require_auth_config(*database_->read(), opened->connection);
    return std::move(*opened);
  };
  connection_store::Opened opened = open();
  const auto* tokens = std::get_if<TokenSet>(&opened.credential);
  if (tokens != nullptr && !is_usable(tokens->expires_at, env_.clock.now())) {
    const RefreshResult result = refresher_->refresh_now(id, false);
    if (result.kind == RefreshResult::Kind::Postponed) {
      throw Error(ErrorCode::Unavailable,
                  "the access token of " + in_quotes(id.str()) + " cannot be refreshed now", result.detail);
    }
    opened = open();
  }
  const auto tx = database_->write();
  audit_log::append(*tx,
                    {.at = env_.clock.now(), .action = "token_given_out", .connection = id, .detail = {}});
  tx->commit();
  return opened;
}

void Engine::wait_for_change(Duration at_most) {
  std::unique_lock lock(mutex_);
  connected_.wait_for(lock, at_most);
}

bool Engine::wait_in_request(std::uint64_t seen, Duration at_most) {
  std::unique_lock lock(mutex_);
  if (request_waits_ >= kMostRequestWaits) return false;
  const std::uint64_t ended = ended_waits_;
  ++request_waits_;
  connected_.wait_for(lock, at_most, [&] { return changes_ != seen || ended_waits_ != ended; });
  --request_waits_;
  return ended_waits_ == ended;
}

std::uint64_t Engine::change_count() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

void Engine::end_request_waits() {
  const std::lock_guard lock(mutex_);
  ++ended_waits_;
  connected_.notify_all();
}

void Engine::note_change() {
  const std::lock_guard lock(mutex_);
  ++changes_;
  connected_.notify_all();
}

std::string Engine::project_id() const {
  return owner_id("pr_", database_->vault_uuid());
}
std::string Engine::organization_id() const {
  return owner_id("ok_", database_->vault_uuid());
}

std::optional<Timestamp> Engine::run_due() {
  const auto links = expire_links();
  const auto refreshes = refresher_->run_due();
  const auto deliveries = dispatcher_->run_due();
  return earliest(earliest(links, refreshes), deliveries);
}

// A loop's step must not throw: one that cannot be done now is tried again.
std::optional<Timestamp> Engine::expire_links() {
  try {
    return connector_->expire_links();
  } catch (const Error& error) {
    env_.log.error("links.expire_failed", {{"error", error.what()}});
    return env_.clock.now() + std::chrono::seconds(10);
  }
}

}  // namespace coffer
