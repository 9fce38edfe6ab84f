#include "vault/api/v3/session_accounts.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/store/connection_store.h"
#include "vault/store/shared_account_store.h"

namespace coffer::api::v3 {
namespace {

constexpr std::int64_t kMostAccounts = 100;
constexpr std::size_t kAccountLimit = 5;

bool is_active(const Connection& connection) {
  return connection.status == ConnectionStatus::Active;
}

std::vector<Connection> pinned_accounts(Transaction& tx, const Session& session,
                                        const std::vector<ConnectionId>& ids) {
  std::vector<Connection> found;
  for (const ConnectionId& id : ids) {
    auto connection = connection_store::find(tx, id);
    if (connection && shared_account_store::may_use(tx, *connection, session.user))
      found.push_back(std::move(*connection));
  }
  return found;
}

Json multi_account_of(const SessionConfig& config) {
  const Json kept = parse_json(config.extra_json, "stored session");
  const auto multi = kept.find("multi_account");
  return multi == kept.end() || !multi->is_object() ? Json::object() : *multi;
}

bool is_set(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

bool demands_a_name(const Session& session) {
  const Json multi = multi_account_of(session.config);
  return is_set(multi, "enable") && is_set(multi, "require_explicit_selection");
}

std::string names_of(const std::vector<Connection>& accounts) {
  std::string text;
  for (const Connection& account : accounts) {
    if (!is_active(account)) continue;
    if (!text.empty()) text += ", ";
    text += account.alias.empty() ? account.id.str() : account.alias + " (" + account.id.str() + ")";
  }
  return text;
}

Connection named_account(std::vector<Connection> accounts, const Toolkit& toolkit, const std::string& name) {
  const auto found = std::find_if(accounts.begin(), accounts.end(), [&](const Connection& account) {
    return account.id.str() == name || (!account.alias.empty() && account.alias == name);
  });
  if (found != accounts.end()) return std::move(*found);
  throw Error(ErrorCode::NotFound, "this session has no account " + in_quotes(name) + " for " + toolkit.slug,
              "use the id or alias of one of the user's accounts");
}

}  // namespace

std::optional<std::size_t> account_limit(const SessionConfig& config) {
  const Json multi = multi_account_of(config);
  if (!is_set(multi, "enable")) return std::nullopt;
  return multi.value("max_accounts_per_toolkit", kAccountLimit);
}

std::vector<Connection> accounts_of(Transaction& tx, const Session& session, const std::string& toolkit) {
  const auto pinned = session.config.connected_accounts.find(toolkit);
  if (pinned != session.config.connected_accounts.end()) return pinned_accounts(tx, session, pinned->second);
  connection_store::Query query;
  query.users = {session.user};
  query.toolkits = {toolkit};
  query.page.limit = kMostAccounts;
  const auto config = session.config.auth_configs.find(toolkit);
  if (config != session.config.auth_configs.end()) query.auth_configs = {config->second};
  return shared_account_store::list(tx, query, shared_account_store::AccountType::Private).items;
}

std::optional<Connection> default_account(Transaction& tx, const Session& session,
                                          const std::string& toolkit) {
  const bool is_free =
      !session.config.connected_accounts.contains(toolkit) && !session.config.auth_configs.contains(toolkit);
  if (is_free) return connection_store::find_default(tx, session.user, toolkit);
  std::optional<Connection> latest;
  for (Connection& account : accounts_of(tx, session, toolkit)) {
    if (!is_active(account)) continue;
    if (!latest || account.connected_at > latest->connected_at) latest = std::move(account);
  }
  return latest;
}

std::optional<Connection> shown_account(Transaction& tx, const Session& session, const std::string& toolkit) {
  if (auto active = default_account(tx, session, toolkit)) return active;
  std::vector<Connection> accounts = accounts_of(tx, session, toolkit);
  if (accounts.empty()) return std::nullopt;
  return std::move(accounts.front());
}

Connection account_for_call(Transaction& tx, const Session& session, const Toolkit& toolkit,
                            const std::string& name) {
  if (!name.empty()) return named_account(accounts_of(tx, session, toolkit.slug), toolkit, name);
  if (demands_a_name(session)) {
    const auto accounts = accounts_of(tx, session, toolkit.slug);
    if (std::count_if(accounts.begin(), accounts.end(), is_active) > 1) {
      throw Error(ErrorCode::InvalidArgument,
                  "\"account\" is missing: the user has several for " + toolkit.slug,
                  "use one of " + names_of(accounts));
    }
  }
  if (auto found = default_account(tx, session, toolkit.slug)) return std::move(*found);
  throw Error(ErrorCode::NeedsConnection,
              "No connected account found for toolkit " + in_quotes(toolkit.slug) + " and this user",
              "make a link with POST /api/v3/tool_router/session/" + session.id.str() +
                  "/link and send it to the user");
}

}  // namespace coffer::api::v3
