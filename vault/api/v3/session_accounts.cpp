#include "vault/api/v3/session_accounts.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"
#include "vault/store/row_guard.h"
#include "vault/store/shared_account_store.h"

namespace coffer::api::v3 {
namespace {

constexpr std::int64_t kMostActive = 1000;
constexpr std::int64_t kMostOthers = 100;
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
    if (!text.empty()) text += ", ";
    text += account.alias.empty() ? account.id.str() : account.alias + " (" + account.id.str() + ")";
  }
  return text;
}

const std::vector<ConnectionId>* pins_of(const Session& session, const std::string& toolkit) {
  const auto found = session.config.connected_accounts.find(toolkit);
  return found == session.config.connected_accounts.end() ? nullptr : &found->second;
}

const AuthConfigId* config_of(const Session& session, const std::string& toolkit) {
  const auto found = session.config.auth_configs.find(toolkit);
  return found == session.config.auth_configs.end() ? nullptr : &found->second;
}

// Statuses apart: any number of rows of one kind must not hide those of another.
std::vector<Connection> newest(Transaction& tx, const Session& session, const std::string& toolkit,
                               std::vector<ConnectionStatus> statuses, std::int64_t at_most) {
  connection_store::Query query;
  query.users = {session.user};
  query.toolkits = {toolkit};
  query.statuses = std::move(statuses);
  query.page.limit = at_most;
  if (const AuthConfigId* config = config_of(session, toolkit)) query.auth_configs = {*config};
  return shared_account_store::list(tx, query, shared_account_store::AccountType::Private).items;
}

std::vector<Connection> active_accounts(Transaction& tx, const Session& session, const std::string& toolkit) {
  const auto* pins = pins_of(session, toolkit);
  if (pins == nullptr) return newest(tx, session, toolkit, {ConnectionStatus::Active}, kMostActive);
  std::vector<Connection> accounts = pinned_accounts(tx, session, *pins);
  std::erase_if(accounts, [](const Connection& account) { return !is_active(account); });
  return accounts;
}

bool may_act(Transaction& tx, const Connection& account) {
  std::optional<AuthConfig> config;
  return is_sound([&] { config = auth_config_store::find(tx, account.auth_config); }) && config &&
         config->is_enabled;
}

bool is_called(const Connection& account, const std::string& name) {
  return account.id.str() == name || (!account.alias.empty() && account.alias == name);
}

bool is_of_session(Transaction& tx, const Session& session, const std::string& toolkit,
                   const Connection& account) {
  const AuthConfigId* config = config_of(session, toolkit);
  return account.user == session.user && account.toolkit == toolkit &&
         (config == nullptr || account.auth_config == *config) && !shared_account_store::find(tx, account.id);
}

std::optional<Connection> find_named(Transaction& tx, const Session& session, const std::string& toolkit,
                                     const std::string& name) {
  if (const auto* pins = pins_of(session, toolkit)) {
    for (Connection& account : pinned_accounts(tx, session, *pins)) {
      if (is_called(account, name)) return std::move(account);
    }
    return std::nullopt;
  }
  auto found = connection_store::find(tx, ConnectionId(name));
  if (!found) found = connection_store::find_by_alias(tx, session.user, toolkit, name);
  if (found && !is_of_session(tx, session, toolkit, *found)) return std::nullopt;
  return found;
}

Connection named_account(Transaction& tx, const Session& session, const Toolkit& toolkit,
                         const std::string& name) {
  if (auto found = find_named(tx, session, toolkit.slug, name)) return std::move(*found);
  throw Error(ErrorCode::NotFound, "this session has no account " + in_quotes(name) + " for " + toolkit.slug,
              "use the id or alias of one of the user's accounts");
}

Error unusable_pins(const std::vector<ConnectionId>& pins, const std::string& toolkit,
                    const std::string& fault) {
  std::string names;
  for (const ConnectionId& id : pins) names += (names.empty() ? "" : ", ") + in_quotes(id.str());
  return {ErrorCode::WrongState,
          "of " + toolkit + " this session may use only connected account " + names + ", which " + fault,
          "the application has to pin another: change connected_accounts of the session"};
}

int order_of_connecting(const Connection& account) {
  if (account.status == ConnectionStatus::Inactive) return 2;
  return is_active(account) ? 1 : 0;
}

}  // namespace

std::optional<std::size_t> account_limit(const SessionConfig& config) {
  const Json multi = multi_account_of(config);
  if (!is_set(multi, "enable")) return std::nullopt;
  return multi.value("max_accounts_per_toolkit", kAccountLimit);
}

std::vector<Connection> accounts_of(Transaction& tx, const Session& session, const std::string& toolkit) {
  using enum ConnectionStatus;
  if (const auto* pins = pins_of(session, toolkit)) return pinned_accounts(tx, session, *pins);
  std::vector<Connection> all = newest(tx, session, toolkit, {Active}, kMostActive);
  for (auto& statuses :
       {std::vector{Initializing, Initiated}, std::vector{Failed, Expired, Inactive, Revoked}}) {
    for (Connection& account : newest(tx, session, toolkit, statuses, kMostOthers)) {
      all.push_back(std::move(account));
    }
  }
  return all;
}

std::optional<Connection> default_account(Transaction& tx, const Session& session,
                                          const std::string& toolkit) {
  const bool is_free = pins_of(session, toolkit) == nullptr && config_of(session, toolkit) == nullptr;
  if (is_free) return connection_store::find_default(tx, session.user, toolkit);
  std::vector<Connection> accounts = active_accounts(tx, session, toolkit);
  if (accounts.empty()) return std::nullopt;
  std::stable_sort(accounts.begin(), accounts.end(),
                   [](const Connection& a, const Connection& b) { return a.connected_at > b.connected_at; });
  const auto acting = std::find_if(accounts.begin(), accounts.end(),
                                   [&](const Connection& account) { return may_act(tx, account); });
  return std::move(acting == accounts.end() ? accounts.front() : *acting);
}

std::optional<Connection> usable_account(Transaction& tx, const Session& session,
                                         const std::string& toolkit) {
  auto account = default_account(tx, session, toolkit);
  return account && may_act(tx, *account) ? std::move(account) : std::nullopt;
}

std::optional<Connection> shown_account(Transaction& tx, const Session& session, const std::string& toolkit) {
  if (auto active = default_account(tx, session, toolkit)) return active;
  const auto* pins = pins_of(session, toolkit);
  std::vector<Connection> accounts =
      pins != nullptr ? pinned_accounts(tx, session, *pins) : newest(tx, session, toolkit, {}, kMostOthers);
  if (accounts.empty()) return std::nullopt;
  return std::move(accounts.front());
}

std::optional<Connection> pinned_to_connect(Transaction& tx, const Session& session,
                                            const std::string& toolkit, const std::string& alias) {
  const auto* pins = pins_of(session, toolkit);
  if (pins == nullptr) return std::nullopt;
  std::vector<Connection> accounts = pinned_accounts(tx, session, *pins);
  if (accounts.empty()) throw unusable_pins(*pins, toolkit, "is deleted or not this user's to use");
  const bool is_usable = std::any_of(accounts.begin(), accounts.end(), is_active);
  std::erase_if(accounts, [&](const Connection& account) { return account.user != session.user; });
  if (accounts.empty() && is_usable) return std::nullopt;
  if (accounts.empty()) throw unusable_pins(*pins, toolkit, "waits for another user to connect it again");
  const auto chosen =
      std::min_element(accounts.begin(), accounts.end(), [&](const Connection& a, const Connection& b) {
        if (is_called(a, alias) != is_called(b, alias)) return is_called(a, alias);
        return order_of_connecting(a) < order_of_connecting(b);
      });
  return std::move(*chosen);
}

// Whoever switched it off decides when it is switched on.
void refuse_disabled(const Connection& account) {
  if (account.status != ConnectionStatus::Inactive) return;
  throw Error(ErrorCode::WrongState, "connected account " + in_quotes(account.id.str()) + " is disabled",
              "the application has to enable it first");
}

Connection account_for_call(Transaction& tx, const Session& session, const Toolkit& toolkit,
                            const std::string& name) {
  if (!name.empty()) return named_account(tx, session, toolkit, name);
  if (demands_a_name(session)) {
    const auto accounts = active_accounts(tx, session, toolkit.slug);
    if (accounts.size() > 1) {
      throw Error(ErrorCode::InvalidArgument,
                  "\"account\" is missing: the user has several for " + toolkit.slug,
                  "use one of " + names_of(accounts));
    }
  }
  if (auto found = default_account(tx, session, toolkit.slug)) return std::move(*found);
  // Where there is none to connect, or none that the user may, a link would not help.
  if (const auto pinned = pinned_to_connect(tx, session, toolkit.slug)) refuse_disabled(*pinned);
  throw Error(ErrorCode::NeedsConnection,
              "No connected account found for toolkit " + in_quotes(toolkit.slug) + " and this user",
              "make a link with POST /api/v3/tool_router/session/" + session.id.str() +
                  "/link and send it to the user");
}

}  // namespace coffer::api::v3
