#include "vault/api/v3/account_change.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/api/v3/account_view.h"
#include "vault/api/v3/credential_input.h"
#include "vault/api/v3/shared_input.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/model/credential_fields.h"
#include "vault/model/lifecycle.h"
#include "vault/refresh/plan.h"
#include "vault/store/audit_log.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"
#include "vault/store/link_store.h"
#include "vault/store/shared_account_store.h"

namespace coffer::api::v3 {
namespace {

void store(WriteTransaction& tx, const Connection& connection) {
  if (connection_store::update(tx, connection)) return;
  throw Error(ErrorCode::Conflict,
              "connected account " + in_quotes(connection.id.str()) + " changed meanwhile", "read it again");
}

void change_alias(WriteTransaction& tx, Connection& connection, const std::string& alias) {
  if (connection.alias == alias) return;
  if (!alias.empty() && connection_store::find_by_alias(tx, connection.user, connection.toolkit, alias)) {
    throw Error(ErrorCode::Conflict,
                "alias " + in_quotes(alias) + " is taken by another account of this user and toolkit",
                "choose another alias, or clear that one first");
  }
  connection.alias = alias;
}

void change_access(WriteTransaction& tx, const ConnectionId& id, const ObjectReader& body, Timestamp now) {
  const auto access = change_shared_access(body, shared_account_store::find(tx, id));
  if (!access) return;
  shared_account_store::put(tx, id, *access, now);
  audit_log::append(tx, {0, now, "shared", id, {}});
}

void change_all_but_credential(WriteTransaction& tx, Connection& connection, const ObjectReader& body,
                               Timestamp now) {
  if (body.has("alias")) change_alias(tx, connection, alias_of(body));
  change_access(tx, connection.id, body, now);
}

const AuthMode& mode_of(Engine& engine, const Connection& connection) {
  const Toolkit* toolkit = engine.catalog().find_toolkit(connection.toolkit);
  const AuthMode* mode = toolkit == nullptr ? nullptr : toolkit->find_auth(connection.scheme);
  if (mode != nullptr) return *mode;
  throw Error(ErrorCode::Unsupported, "toolkit " + in_quotes(connection.toolkit) + " is not in the catalog");
}

void check_replaceable(const ObjectReader& state, const Connection& connection) {
  const auto scheme = parse_auth_scheme(state.text("authScheme"));
  if (scheme != connection.scheme) {
    state.fail("authScheme", "is not the scheme of this account",
               "it is " + std::string(to_string(connection.scheme)));
  }
  const CredentialKind kind = credential_kind(connection.scheme);
  if (kind == CredentialKind::Tokens || kind == CredentialKind::None) {
    state.fail("authScheme", "has no credential that can be replaced", "send the user a fresh Connect Link");
  }
}

Connection patch_credential(Engine& engine, const ConnectionId& id, const ObjectReader& state,
                            const ObjectReader& body) {
  const Timestamp now = engine.env().clock.now();
  check_replaceable(state, account_or_not_found(*engine.database().read(), id));
  const ObjectReader values = state.required_object("val");
  return engine.connector().change_credential(
      id, [&](WriteTransaction& tx, Connection& connection, Credential known) {
        change_all_but_credential(tx, connection, body, now);
        return changed_credential(values, mode_of(engine, connection), std::move(known), now);
      });
}

// A switched off account is left alone; one that comes back may have to be refreshed at once.
void plan_refresh(Transaction& tx, Connection& connection, Timestamp now) {
  connection.next_refresh_at.reset();
  if (connection.status != ConnectionStatus::Active) return;
  const auto opened = connection_store::open(tx, connection.id);
  const auto* tokens = opened ? std::get_if<TokenSet>(&opened->credential) : nullptr;
  if (tokens != nullptr) connection.next_refresh_at = next_refresh_of(*tokens, now, connection.id);
}

bool is_under_way(const Connection& connection) {
  return connection.status == ConnectionStatus::Initializing ||
         connection.status == ConnectionStatus::Initiated;
}

// An account that waits for a grant must not come back ACTIVE by the one that it had before, unless
// nothing but its being switched off was against that.
void forget_old_grant(Connection& connection) {
  if (is_under_way(connection) && connection.status_reason != reason::kWasSwitchedOff) {
    connection.connected_at.reset();
  }
}

// Its link ended while it was switched off, and nobody was told.
void end_without_link(Transaction& tx, Connection& connection, Timestamp now) {
  if (!is_under_way(connection) || link_store::has_open(tx, connection.id, now)) return;
  connection.status = ConnectionStatus::Expired;
  connection.status_reason = std::string(reason::kNotCompleted);
}

bool holds_grant(const Connection& connection) {
  return connection.status == ConnectionStatus::Active || connection.status == ConnectionStatus::Inactive;
}

// Without the auth config there is no client to ask the provider as: the account is deleted all the same.
bool can_be_asked_for(Engine& engine, const Connection& connection) {
  if (auth_config_store::find(*engine.database().read(), connection.auth_config)) return true;
  engine.env().log.warn("connection.deleted_unrevoked", {{"connected_account_id", connection.id.str()},
                                                         {"reason", "its auth config was deleted"}});
  return false;
}

}  // namespace

void refuse_without_auth_config(Transaction& tx, const Connection& connection) {
  if (auth_config_store::find(tx, connection.auth_config)) return;
  throw Error(ErrorCode::WrongState, "the auth config of " + in_quotes(connection.id.str()) + " was deleted",
              "connect the user again with another auth config");
}

void set_enabled(Engine& engine, const ConnectionId& id, bool enabled) {
  const auto tx = engine.database().write();
  Connection connection = account_or_not_found(*tx, id);
  if (enabled) refuse_without_auth_config(*tx, connection);
  if (connection.status == (enabled ? ConnectionStatus::Active : ConnectionStatus::Inactive)) return;
  const auto event = enabled ? LifecycleEvent::Enabled : LifecycleEvent::Disabled;
  const auto next = next_status(connection.status, event, connection.connected_at.has_value());
  if (!next) {
    throw Error(
        ErrorCode::WrongState,
        "connected account " + in_quotes(id.str()) + " is " + std::string(to_string(connection.status)),
        "send the user a fresh Connect Link for it");
  }
  if (!enabled) forget_old_grant(connection);
  connection.status = *next;
  connection.status_reason = enabled ? "" : std::string(reason::kDisabledByUser);
  connection.updated_at = engine.env().clock.now();
  end_without_link(*tx, connection, connection.updated_at);
  plan_refresh(*tx, connection, connection.updated_at);
  store(*tx, connection);
  audit_log::append(*tx, {0, connection.updated_at, enabled ? "enabled" : "disabled", id, {}});
  tx->commit();
  engine.refresher().wake();
}

std::string alias_of(const ObjectReader& body) {
  std::string alias = body.text("alias");
  const bool has_controls = std::any_of(
      alias.begin(), alias.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (has_controls) body.fail("alias", "holds control characters");
  if (alias.size() > kMostAliasBytes) body.fail("alias", "is longer than 64 bytes");
  // session.execute takes "id or alias" in one argument.
  if (alias.starts_with("ca_")) body.fail("alias", "looks like the id of an account", "choose another alias");
  return alias;
}

Connection patch_account(Engine& engine, const ConnectionId& id, const ObjectReader& body) {
  for (const std::string& key : body.keys()) {
    if (key == "alias" || key == "connection" || key == "experimental") continue;
    body.fail(key, "cannot be changed", "use alias, connection and experimental");
  }
  if (const auto given = body.object("connection")) {
    return patch_credential(engine, id, given->required_object("state"), body);
  }
  const auto tx = engine.database().write();
  Connection connection = account_or_not_found(*tx, id);
  const std::string alias = connection.alias;
  change_all_but_credential(*tx, connection, body, engine.env().clock.now());
  if (connection.alias != alias) {
    connection.updated_at = engine.env().clock.now();
    store(*tx, connection);
  }
  tx->commit();
  return account_or_not_found(*engine.database().read(), id);
}

void delete_account_of(Engine& engine, const ConnectionId& id, bool revoke_first) {
  if (revoke_first) {
    const Connection connection = account_or_not_found(*engine.database().read(), id);
    if (holds_grant(connection) && can_be_asked_for(engine, connection)) engine.connector().revoke(id);
  }
  const Timestamp now = engine.env().clock.now();
  const auto tx = engine.database().write();
  const bool was_tampered = connection_store::remove_tampered(*tx, id, now);
  if (!was_tampered) account_or_not_found(*tx, id);
  link_store::finish(*tx, id, link_store::State::Failed);
  connection_store::remove(*tx, id, now);
  audit_log::append(*tx, {0, now, "deleted", id, was_tampered ? "failed authentication" : ""});
  tx->commit();
}

}  // namespace coffer::api::v3
