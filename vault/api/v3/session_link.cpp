#include "vault/api/v3/session_link.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/api/v3/session_accounts.h"
#include "vault/api/wire/query.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"
#include "vault/store/session_store.h"

namespace coffer::api::v3 {
namespace {

// One of a scheme that the toolkit has no longer could not be connected by.
std::optional<AuthConfigId> newest_custom(Transaction& tx, const Toolkit& toolkit) {
  auth_config_store::Query query;
  query.toolkits = {toolkit.slug};
  query.is_managed = false;
  query.page.limit = kMostItems;
  for (const AuthConfig& config : auth_config_store::list(tx, query).items) {
    if (toolkit.find_auth(config.scheme) != nullptr) return config.id;
  }
  return std::nullopt;
}

Connection own_account(Transaction& tx, const Session& session, const ConnectionId& id) {
  auto found = connection_store::find(tx, id);
  if (found && found->user == session.user) return std::move(*found);
  throw Error(ErrorCode::WrongState, "connected account " + in_quotes(id.str()) + " is not this user's",
              "only the user whose account it is can connect it again");
}

// The one that the link is for, if it is for one that there is.
std::optional<Connection> known_account(Transaction& tx, const Session& session, const Toolkit& toolkit,
                                        const SessionLinkRequest& request) {
  if (request.shared) return std::nullopt;
  // What the session will use is what connecting must bring back.
  if (auto pinned = pinned_to_connect(tx, session, toolkit.slug, request.alias)) return pinned;
  if (request.reconnect) return own_account(tx, session, *request.reconnect);
  return std::nullopt;
}

std::size_t count(const std::vector<Connection>& accounts, ConnectionStatus status) {
  return static_cast<std::size_t>(std::count_if(
      accounts.begin(), accounts.end(), [&](const Connection& account) { return account.status == status; }));
}

// Its older link ends when it gets a new one.
std::optional<ConnectionId> waiting_account(const std::vector<Connection>& accounts,
                                            const AuthConfigId& config, const std::string& alias) {
  const auto found = std::find_if(accounts.begin(), accounts.end(), [&](const Connection& account) {
    return account.status == ConnectionStatus::Initiated && account.auth_config == config &&
           (account.alias.empty() || account.alias == alias);
  });
  if (found == accounts.end()) return std::nullopt;
  return found->id;
}

// Absent: the session may have another account of the toolkit.
std::optional<ConnectionId> account_instead_of_another(Transaction& tx, const Session& session,
                                                       const std::string& toolkit,
                                                       const SessionLinkRequest& request,
                                                       const AuthConfigId& config) {
  const std::vector<Connection> accounts = accounts_of(tx, session, toolkit);
  auto waiting = request.shared ? std::nullopt : waiting_account(accounts, config, request.alias);
  if (waiting && request.prefers_waiting) return waiting;
  const auto limit = account_limit(session.config);
  const std::size_t active = count(accounts, ConnectionStatus::Active);
  const std::size_t on_the_way = count(accounts, ConnectionStatus::Initiated);
  if (!limit || active + on_the_way < *limit) return std::nullopt;
  if (waiting && active < *limit) return waiting;
  throw Error(ErrorCode::InvalidArgument,
              "the user has " + std::to_string(active) + " accounts of " + in_quotes(toolkit) + " and " +
                  std::to_string(on_the_way) + " on the way, and this session takes no more",
              "raise multi_account.max_accounts_per_toolkit, or delete one of the accounts");
}

}  // namespace

AuthConfigId auth_config_for(Engine& engine, const Session& session, const Toolkit& toolkit) {
  const auto named = session.config.auth_configs.find(toolkit.slug);
  if (named != session.config.auth_configs.end()) return named->second;
  if (!engine.has_managed_auth(toolkit)) {
    if (const auto custom = newest_custom(*engine.database().read(), toolkit)) return *custom;
  }
  return engine.managed_auth_config(toolkit.slug).id;
}

ConnectLink link_for_session(Engine& engine, const Session& session, const Toolkit& toolkit,
                             const SessionLinkRequest& request) {
  ConnectRequest connect;
  connect.user = session.user;
  connect.callback_url = request.callback_url.empty() ? session.config.callback_url : request.callback_url;
  connect.alias = request.alias;
  connect.shared = request.shared;
  const bool is_known = known_account(*engine.database().read(), session, toolkit, request).has_value();
  if (!is_known) connect.auth_config = auth_config_for(engine, session, toolkit);
  return engine.connector().authorize([&](Transaction& tx) {
    if (const auto known = known_account(tx, session, toolkit, request)) {
      refuse_disabled(*known);
      connect.reconnect = known->id;
      connect.auth_config = known->auth_config;
    } else {
      connect.reconnect = account_instead_of_another(tx, session, toolkit.slug, request, connect.auth_config);
    }
    return connect;
  });
}

std::string link_url_in(const Engine& engine, const Session& session, const ConnectLink& link) {
  const Json kept = parse_json(session.config.extra_json, "stored session");
  std::string base = kept.value("/experimental/link_url_overwrite"_json_pointer, std::string());
  if (base.empty()) return engine.link_url(link.token);
  while (base.ends_with('/')) base.pop_back();
  return base + "/link/" + std::string(link.token.expose());
}

Session session_or_not_found(Transaction& tx, const SessionId& id) {
  auto found = session_store::find(tx, id);
  if (found) return std::move(*found);
  throw Error(ErrorCode::NotFound, "session " + in_quotes(id.str()) + " does not exist",
              "create one with POST /api/v3/tool_router/session");
}

}  // namespace coffer::api::v3
