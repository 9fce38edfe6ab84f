#include "vault/connect/account_choice.h"

#include <algorithm>

#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/connect/callback_url.h"
#include "vault/model/lifecycle.h"
#include "vault/model/user_id.h"
#include "vault/store/connection_store.h"
#include "vault/store/shared_account_store.h"

namespace coffer {
namespace {

constexpr std::size_t kMaxAliasBytes = 64;

bool is_plain_text(std::string_view text) {
  return is_valid_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}

bool is_in_use(const Connection& connection) {
  return connection.status == ConnectionStatus::Active || connection.status == ConnectionStatus::Inactive;
}

void store_changed(WriteTransaction& tx, const Connection& connection) {
  if (!connection_store::update(tx, connection)) {
    throw Error(ErrorCode::Conflict, in_quotes(connection.id.str()) + " changed meanwhile", "try again");
  }
}

Connection named_account(Transaction& tx, const ConnectRequest& request) {
  auto found = connection_store::find(tx, *request.reconnect);
  if (!found || found->user != request.user) connection_store::throw_absent(*request.reconnect);
  if (found->auth_config != request.auth_config) {
    throw Error(ErrorCode::InvalidArgument,
                in_quotes(found->id.str()) + " belongs to auth config " + in_quotes(found->auth_config.str()),
                "reconnect it with that auth config");
  }
  return std::move(*found);
}

std::optional<Connection> newest_reconnectable(Transaction& tx, const ConnectRequest& request) {
  connection_store::Query query;
  query.users = {request.user};
  query.auth_configs = {request.auth_config};
  query.statuses = {ConnectionStatus::Expired, ConnectionStatus::Failed, ConnectionStatus::Revoked,
                    ConnectionStatus::Initiated};
  query.once_connected = true;  // abandoned links leave any number of rows behind
  query.page.limit = 1;
  auto found = shared_account_store::list(tx, query, shared_account_store::AccountType::Private).items;
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Error alias_taken(const std::string& alias, const Connection& holder) {
  return {ErrorCode::Conflict, "alias " + in_quotes(alias) + " is taken by " + in_quotes(holder.id.str()),
          "choose another alias, or reconnect that account"};
}

// An account that never came to life does not keep its alias from the next attempt.
void release_alias(WriteTransaction& tx, Connection holder, Timestamp now) {
  holder.alias.clear();
  holder.updated_at = now;
  store_changed(tx, holder);
}

std::optional<Connection> account_of_alias(WriteTransaction& tx, const ConnectRequest& request,
                                           const Blueprint& blueprint, Timestamp now) {
  auto holder = connection_store::find_by_alias(tx, request.user, blueprint.config.toolkit, request.alias);
  if (!holder) return std::nullopt;
  if (is_in_use(*holder) || shared_account_store::find(tx, holder->id))
    throw alias_taken(request.alias, *holder);
  if (holder->auth_config == request.auth_config) return holder;
  if (holder->connected_at) throw alias_taken(request.alias, *holder);
  release_alias(tx, std::move(*holder), now);
  return std::nullopt;
}

std::optional<Connection> known_account(WriteTransaction& tx, const ConnectRequest& request,
                                        const Blueprint& blueprint, Timestamp now) {
  if (request.reconnect) return named_account(tx, request);
  if (!request.alias.empty()) return account_of_alias(tx, request, blueprint, now);
  return newest_reconnectable(tx, request);
}

Connection new_account(const ConnectRequest& request, const Blueprint& blueprint, Timestamp now,
                       Random& random) {
  Connection connection;
  connection.id = ConnectionId(random_id(random, "ca_"));
  connection.user = request.user;
  connection.toolkit = blueprint.config.toolkit;
  connection.auth_config = blueprint.config.id;
  connection.scheme = blueprint.config.scheme;
  connection.alias = request.alias;
  connection.status = ConnectionStatus::Initiated;
  connection.scopes = blueprint.scopes();
  connection.created_at = now;
  connection.updated_at = now;
  return connection;
}

// What takes an account back to INACTIVE if its link comes to nothing.
std::string reason_on_the_way(const Connection& known) {
  return known.status == ConnectionStatus::Inactive ? std::string(reason::kWasSwitchedOff) : "";
}

void rename(WriteTransaction& tx, Connection& connection, const std::string& alias, Timestamp now) {
  if (alias.empty() || alias == connection.alias) return;
  auto holder = connection_store::find_by_alias(tx, connection.user, connection.toolkit, alias);
  if (holder && (is_in_use(*holder) || holder->connected_at)) throw alias_taken(alias, *holder);
  if (holder) release_alias(tx, std::move(*holder), now);
  connection.alias = alias;
}

Connection make_shared_account(WriteTransaction& tx, const ConnectRequest& request,
                               const Blueprint& blueprint, Timestamp now, Random& random) {
  Connection fresh = new_account(request, blueprint, now, random);
  fresh.alias.clear();
  rename(tx, fresh, request.alias, now);
  connection_store::insert(tx, fresh);
  shared_account_store::put(tx, fresh.id, *request.shared, now);
  return fresh;
}

}  // namespace

void check_connect_request(const ConnectRequest& request) {
  if (const auto fault = fault_of_user_id(request.user.str())) {
    throw Error(ErrorCode::InvalidArgument, "user_id " + std::string(*fault), kUserIdRule);
  }
  if (request.alias.size() > kMaxAliasBytes || !is_plain_text(request.alias)) {
    throw Error(ErrorCode::InvalidArgument, "alias is not up to 64 bytes of text without control characters");
  }
  check_callback_url(request.callback_url);
}

Connection open_account(WriteTransaction& tx, const ConnectRequest& request, const Blueprint& blueprint,
                        Timestamp now, Random& random) {
  if (request.shared) return make_shared_account(tx, request, blueprint, now, random);
  auto known = known_account(tx, request, blueprint, now);
  if (!known) {
    Connection fresh = new_account(request, blueprint, now, random);
    connection_store::insert(tx, fresh);
    return fresh;
  }
  rename(tx, *known, request.alias, now);
  const bool was_connected = known->connected_at.has_value();
  if (const auto next = next_status(known->status, LifecycleEvent::LinkCreated, was_connected)) {
    known->status_reason = reason_on_the_way(*known);
    known->status = *next;
  }
  known->updated_at = now;
  store_changed(tx, *known);
  return std::move(*known);
}

}  // namespace coffer
