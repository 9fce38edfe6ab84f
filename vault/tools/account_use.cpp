#include "vault/tools/account_use.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/model/lifecycle.h"
#include "vault/refresh/plan.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/shared_account_store.h"

namespace coffer {
namespace {

using connection_store::Opened;

const TokenSet* tokens_of(const Opened& opened) {
  return std::get_if<TokenSet>(&opened.credential);
}

std::string state_of(const Connection& connection) {
  std::string text =
      "connected account " + connection.id.str() + " is " + std::string(to_string(connection.status));
  return connection.status_reason.empty() ? text : text + ": " + connection.status_reason;
}

// Hints are pasted into shells.
std::string shell_word(const std::string& text) {
  const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_@%+=:,./-").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (is_plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

Connection AccountUse::select(const std::optional<UserId>& user, const std::optional<ConnectionId>& id) {
  is_pinned_ = id.has_value();
  if (!id && !user) {
    throw Error(ErrorCode::InvalidArgument, "a user or a connected account is needed",
                "give user_id or connected_account_id");
  }
  Connection connection = id ? find_pinned(user, *id) : find_default(*user);
  check_auth_config(connection);
  return connection;
}

// Another user's account is as absent as one that never was: one message, one code. One that is
// SHARED is no secret, but its list of users holds.
Connection AccountUse::find_pinned(const std::optional<UserId>& user, const ConnectionId& id) {
  const auto tx = database_.read();
  auto connection = connection_store::find(*tx, id);
  if (!connection) connection_store::throw_absent(id);
  if (user && !shared_account_store::may_use(*tx, *connection, *user)) {
    if (!shared_account_store::find(*tx, id)) connection_store::throw_absent(id);
    throw Error(ErrorCode::Forbidden,
                "user " + in_quotes(user->str()) + " may not use the SHARED account " + id.str(),
                "let the user in with PATCH /api/v3/connected_accounts/" + id.str());
  }
  if (connection->toolkit != toolkit_.slug) {
    throw Error(ErrorCode::InvalidArgument, "connected account " + id.str() + " belongs to toolkit \"" +
                                                connection->toolkit + "\", not " + in_quotes(toolkit_.slug));
  }
  if (connection->status != ConnectionStatus::Active) fail_not_active(*connection);
  return std::move(*connection);
}

Connection AccountUse::find_default(const UserId& user) {
  const auto tx = database_.read();
  if (auto connection = connection_store::find_default(*tx, user, toolkit_.slug))
    return std::move(*connection);
  connection_store::Query query;
  query.users = {user};
  query.toolkits = {toolkit_.slug};
  query.order_by_updated = true;
  query.page.limit = 1;
  const auto others = connection_store::list(*tx, query).items;
  fail_without_account(user, others.empty() ? "" : state_of(others.front()));
}

void AccountUse::check_auth_config(const Connection& connection) {
  config_ = require_auth_config(*database_.read(), connection);
}

void AccountUse::require_allowed(std::string_view tool) const {
  const std::vector<std::string>& tools = config_->tools_for_execution;
  if (tools.empty() || std::find(tools.begin(), tools.end(), tool) != tools.end()) return;
  const std::string what = tool.empty() ? "the proxy" : "tool " + in_quotes(std::string(tool));
  throw Error(ErrorCode::Forbidden,
              what + " is not available for execution with auth config " + config_->id.str(),
              "its tool_access_config.tools_available_for_execution lists the tools that are");
}

Opened AccountUse::open(const ConnectionId& id) {
  Opened opened = read(id);
  if (tokens_of(opened) == nullptr || is_usable(opened.connection.expires_at, clock_.now() + kLastMinute))
    return opened;
  refresh(opened.connection);
  return read(id);
}

void AccountUse::refresh(const Connection& connection) {
  const RefreshResult result = refresher_.refresh_now(connection.id, false);
  switch (result.kind) {
    case RefreshResult::Kind::Refreshed:
    case RefreshResult::Kind::Unchanged:
    case RefreshResult::Kind::Rejected:
    case RefreshResult::Kind::NotActive:
    case RefreshResult::Kind::Absent:
      return;  // read() sees what became of it
    case RefreshResult::Kind::Postponed:
      break;
  }
  if (!connection.expires_at || *connection.expires_at > clock_.now()) return;
  throw Error(
      ErrorCode::Unavailable,
      "the access token of connected account " + connection.id.str() +
          " cannot be refreshed now: " + result.detail,
      result.retry_at ? "the next try is planned for " + to_rfc3339(*result.retry_at) : "try again later");
}

Opened AccountUse::renew(const Opened& refused) {
  const Connection& connection = refused.connection;
  if (is_renewable(*tokens_of(refused))) {
    const auto result = refresher_.refresh_after_401(connection.id, connection.generation);
    if (result.kind == RefreshResult::Kind::Postponed) {
      throw Error(ErrorCode::Unavailable,
                  toolkit_.name + " refused the access token of connected account " + connection.id.str() +
                      ", and it cannot be refreshed now: " + result.detail,
                  result.retry_at ? "the next try is planned for " + to_rfc3339(*result.retry_at)
                                  : "try again later");
    }
  }
  return read(connection.id);
}

void AccountUse::give_up(const Opened& refused) {
  const TokenSet* tokens = tokens_of(refused);
  if (tokens == nullptr || is_renewable(*tokens)) return;
  const Connection& connection = refused.connection;
  if (refresher_.expire(connection.id, connection.generation, std::string(reason::kCredentialRejected))) {
    read(connection.id);
  }
}

Opened AccountUse::read(const ConnectionId& id) {
  auto opened = connection_store::open(*database_.read(), id);
  if (!opened) connection_store::throw_absent(id);
  if (opened->connection.status != ConnectionStatus::Active) fail_not_active(opened->connection);
  return std::move(*opened);
}

void AccountUse::fail_not_active(const Connection& connection) const {
  if (!is_pinned_) fail_without_account(connection.user, state_of(connection));
  throw Error(ErrorCode::WrongState, state_of(connection),
              way_to_connect(connection.user, connection.toolkit, connection.alias));
}

AuthConfig require_auth_config(Transaction& tx, const Connection& connection) {
  auto config = auth_config_store::find(tx, connection.auth_config);
  if (config && config->is_enabled) return std::move(*config);
  throw Error(ErrorCode::WrongState,
              "auth config " + connection.auth_config.str() + " of connected account " + connection.id.str() +
                  (config ? " is disabled" : " was deleted"),
              "enable it, or connect the user by another auth config");
}

void AccountUse::fail_without_account(const UserId& user, const std::string& detail) const {
  throw Error(ErrorCode::NeedsConnection,
              "no connected account found for user " + in_quotes(user.str()) + " in toolkit " +
                  in_quotes(toolkit_.slug) + (detail.empty() ? "" : " (" + detail + ")"),
              way_to_connect(user, toolkit_.slug));
}

const AuthMode& mode_of(const Toolkit& toolkit, const Connection& connection) {
  const AuthMode* mode = toolkit.find_auth(connection.scheme);
  if (mode != nullptr) return *mode;
  throw Error(ErrorCode::WrongState, "toolkit " + in_quotes(toolkit.slug) +
                                         " no longer takes credentials of the kind " +
                                         std::string(to_string(connection.scheme)));
}

std::string way_to_connect(const UserId& user, const std::string& toolkit, const std::string& alias) {
  return "create a Connect Link: coffer connect " + shell_word(user.str()) + " " + toolkit +
         (alias.empty() ? "" : " --alias " + shell_word(alias)) + ", or POST /api/v3/connected_accounts/link";
}

}  // namespace coffer
