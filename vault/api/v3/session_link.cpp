#include "vault/api/v3/session_link.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/api/v3/session_accounts.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"
#include "vault/store/session_store.h"

namespace coffer::api::v3 {
namespace {

std::optional<AuthConfigId> newest_custom(Transaction& tx, const std::string& toolkit) {
  auth_config_store::Query query;
  query.toolkits = {toolkit};
  query.is_managed = false;
  query.page.limit = 1;
  const auto found = auth_config_store::list(tx, query);
  if (found.items.empty()) return std::nullopt;
  return found.items.front().id;
}

// A pinned account is what the session will use: connecting must bring that one back.
std::optional<Connection> pinned_account(Engine& engine, const Session& session, const std::string& toolkit) {
  const auto pinned = session.config.connected_accounts.find(toolkit);
  if (pinned == session.config.connected_accounts.end() || pinned->second.empty()) return std::nullopt;
  auto found = connection_store::find(*engine.database().read(), pinned->second.front());
  if (found && found->user == session.user) return found;
  return std::nullopt;
}

// Whoever switched it off decides when it is switched on.
void refuse_disabled(const Connection& account) {
  if (account.status != ConnectionStatus::Inactive) return;
  throw Error(ErrorCode::WrongState, "connected account " + in_quotes(account.id.str()) + " is disabled",
              "the application has to enable it first");
}

// For links that make a new account.
void refuse_beyond_limit(Engine& engine, const Session& session, const std::string& toolkit) {
  const auto limit = account_limit(session.config);
  if (!limit) return;
  const auto accounts = accounts_of(*engine.database().read(), session, toolkit);
  const auto active = std::count_if(accounts.begin(), accounts.end(), [](const Connection& account) {
    return account.status == ConnectionStatus::Active;
  });
  if (static_cast<std::size_t>(active) < *limit) return;
  throw Error(ErrorCode::InvalidArgument,
              "the user has " + std::to_string(active) + " accounts of " + in_quotes(toolkit) +
                  ", and this session takes no more",
              "raise multi_account.max_accounts_per_toolkit, or delete one of the accounts");
}

}  // namespace

AuthConfigId auth_config_for(Engine& engine, const Session& session, const Toolkit& toolkit) {
  const auto named = session.config.auth_configs.find(toolkit.slug);
  if (named != session.config.auth_configs.end()) return named->second;
  if (!engine.has_managed_auth(toolkit)) {
    if (const auto custom = newest_custom(*engine.database().read(), toolkit.slug)) return *custom;
  }
  return engine.managed_auth_config(toolkit.slug).id;
}

ConnectLink link_for_session(Engine& engine, const Session& session, const Toolkit& toolkit,
                             const SessionLinkRequest& request) {
  ConnectRequest connect;
  connect.user = session.user;
  connect.callback_url = request.callback_url.empty() ? session.config.callback_url : request.callback_url;
  connect.alias = request.alias;
  connect.reconnect = request.reconnect;
  connect.shared = request.shared;
  if (request.shared) {
    refuse_beyond_limit(engine, session, toolkit.slug);
    connect.auth_config = auth_config_for(engine, session, toolkit);
  } else if (const auto pinned = pinned_account(engine, session, toolkit.slug)) {
    refuse_disabled(*pinned);
    connect.reconnect = pinned->id;
    connect.auth_config = pinned->auth_config;
  } else if (connect.reconnect) {
    const auto known = connection_store::find(*engine.database().read(), *connect.reconnect);
    if (known) refuse_disabled(*known);
    if (known) connect.auth_config = known->auth_config;
  } else {
    refuse_beyond_limit(engine, session, toolkit.slug);
    connect.auth_config = auth_config_for(engine, session, toolkit);
  }
  return engine.connector().authorize(connect);
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
