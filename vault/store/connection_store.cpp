#include "vault/store/connection_store.h"

#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/store/connection_list.h"
#include "vault/store/connection_row.h"
#include "vault/store/integrity.h"
#include "vault/store/row_guard.h"
#include "vault/store/shared_account_store.h"

namespace coffer::connection_store {
namespace {

const std::string kFind = connection_row::select_one("AND c.deleted_at_ms IS NULL");
const std::string kFindByAlias = connection_row::select(R"sql(
     WHERE c.user_ref = ? AND c.toolkit = ? AND c.alias_ref = ? AND c.deleted_at_ms IS NULL
     ORDER BY c.rowid DESC LIMIT 1)sql");
const std::string kFindDefault = connection_row::select((std::string(R"sql(
     WHERE c.user_ref = ? AND c.toolkit = ? AND c.status = 'ACTIVE' AND c.deleted_at_ms IS NULL AND NOT )sql") +
                                                         shared_account_store::kIsShared + R"sql(
     ORDER BY EXISTS (SELECT 1 FROM auth_config AS a
                       WHERE a.id = c.auth_config_id AND a.is_enabled = 1 AND a.deleted_at_ms IS NULL) DESC,
              c.connected_at_ms DESC, c.rowid DESC)sql")
                                                            .c_str());
const std::string kNextRefresh = connection_row::select(R"sql(
     WHERE c.next_refresh_at_ms IS NOT NULL ORDER BY c.next_refresh_at_ms)sql");
const std::string kDue = connection_row::select(R"sql(
     WHERE c.next_refresh_at_ms <= ? ORDER BY c.next_refresh_at_ms)sql");
const std::string kFindAny = connection_row::select_one();

std::string user_ref_of(const Transaction& tx, const UserId& user) {
  return tx.keys().blind_index("user", user.str());
}

// An alias is looked up among one user's accounts only, and equal aliases of two users must not
// look equal at rest.
std::optional<std::string> alias_ref_of(const Transaction& tx, const std::string& user_ref,
                                        const std::string& toolkit, const std::string& alias) {
  if (alias.empty()) return std::nullopt;
  return tx.keys().blind_index("alias", user_ref + "|" + toolkit + "|" + alias);
}

// What update() and commit_credential() share: the stored row with the caller's value in it.
void put_value(WriteTransaction& tx, ConnectionRow& row, const Connection& connection) {
  row.value = connection;
  if (row.value.refresh_state == RefreshState::Sent) row.value.refresh_state = RefreshState::Idle;
  row.alias_ref = alias_ref_of(tx, row.user_ref, connection.toolkit, connection.alias);
}

bool is_same_version(const ConnectionRow& row, const Connection& connection) {
  return row.value.generation == connection.generation && row.value.user == connection.user;
}

// What a deleted row keeps: nothing that says who the user or the account is.
Connection remains_of(const Connection& connection, Timestamp now) {
  Connection remains;
  remains.id = connection.id;
  remains.toolkit = connection.toolkit;
  remains.auth_config = connection.auth_config;
  remains.scheme = connection.scheme;
  remains.status = connection.status;
  remains.created_at = connection.created_at;
  remains.updated_at = now;
  remains.generation = connection.generation + 1;
  return remains;
}

// The credential opens only under what it was sealed for.
void check_binding(const ConnectionRow& row, const Connection& connection) {
  if (row.credential.empty()) return;
  if (row.value.toolkit == connection.toolkit && row.value.auth_config == connection.auth_config) return;
  throw Error(ErrorCode::WrongState,
              "connection " + connection.id.str() + " holds a credential of another auth config");
}

std::optional<Connection> first(Transaction& tx, SqlQuery& query) {
  if (!query.step()) return std::nullopt;
  return connection_row::read(query, tx.keys()).value;
}

// Rows of the schedule in its order. A row that fails authentication must not stop the others,
// nor make the scheduler ask for it again and again.
std::optional<ConnectionRow> next_sound(Transaction& tx, SqlQuery& query) {
  std::optional<ConnectionRow> row;
  while (query.step()) {
    if (is_sound([&] { row = connection_row::read(query, tx.keys()); })) return row;
  }
  return std::nullopt;
}

bool opens(Transaction& tx, const ConnectionId& id) {
  SqlQuery query(tx, kFindAny);
  if (!query.text(id.str()).step()) return true;
  return is_sound(
      [&] { connection_row::open_credential(connection_row::read(query, tx.keys()), tx.keys()); });
}

}  // namespace

void insert(WriteTransaction& tx, const Connection& connection) {
  ConnectionRow row;
  row.user_ref = user_ref_of(tx, connection.user);
  row.key = data_keys::get_or_make(tx, data_keys::user(row.user_ref));
  put_value(tx, row, connection);
  connection_row::insert(tx, row);
}

bool update(WriteTransaction& tx, const Connection& connection) {
  SqlQuery query(tx, kFind);
  if (!query.kept_text(connection.id.str()).step()) return false;
  ConnectionRow row = connection_row::read(query, tx.keys());
  if (!is_same_version(row, connection)) return false;
  check_binding(row, connection);
  const connection_row::Indexed before = connection_row::indexed(row);
  put_value(tx, row, connection);
  connection_row::update(tx, before, row);
  return true;
}

bool commit_credential(WriteTransaction& tx, Connection& connection, const Credential& credential) {
  SqlQuery query(tx, kFind);
  if (!query.kept_text(connection.id.str()).step()) return false;
  ConnectionRow row = connection_row::read(query, tx.keys());
  if (!is_same_version(row, connection)) return false;
  const connection_row::Indexed before = connection_row::indexed(row);
  put_value(tx, row, connection);
  ++row.value.generation;
  row.intent.reset();  // whatever is still on the network speaks of a credential that is gone
  const Envelope sealed = connection_row::seal_credential(row, credential, tx);
  row.credential = sealed;
  connection_row::update(tx, before, row);
  connection.generation = row.value.generation;
  return true;
}

bool remove(WriteTransaction& tx, const ConnectionId& id, Timestamp now) {
  SqlQuery query(tx, kFind);
  if (!query.text(id.str()).step()) return false;
  ConnectionRow row = connection_row::read(query, tx.keys());
  const connection_row::Indexed before = connection_row::indexed(row);
  put_value(tx, row, remains_of(row.value, now));
  row.key.key = KeyBytes();
  row.credential = {};
  row.intent.reset();
  row.deleted_at = now;
  connection_row::update(tx, before, row);
  shared_account_store::remove(tx, id);
  return true;
}

bool remove_tampered(WriteTransaction& tx, const ConnectionId& id, Timestamp now) {
  if (opens(tx, id)) return false;
  ConnectionRow row;
  row.value.id = id;
  row.value.status = ConnectionStatus::Revoked;
  row.value.created_at = row.value.updated_at = now;
  row.deleted_at = now;
  connection_row::replace(tx, row);
  shared_account_store::remove(tx, id);
  return true;
}

std::optional<Connection> find(Transaction& tx, const ConnectionId& id) {
  SqlQuery query(tx, kFind);
  query.text(id.str());
  return first(tx, query);
}

void throw_absent(const ConnectionId& id) {
  throw Error(ErrorCode::NotFound, "connected account " + in_quotes(id.str()) + " does not exist",
              "list the user's accounts: coffer accounts, or GET /api/v3/connected_accounts");
}

std::optional<Connection> find_by_alias(Transaction& tx, const UserId& user, const std::string& toolkit,
                                        const std::string& alias) {
  const std::string user_ref = user_ref_of(tx, user);
  const auto alias_ref = alias_ref_of(tx, user_ref, toolkit, alias);
  if (!alias_ref) return std::nullopt;
  SqlQuery query(tx, kFindByAlias);
  query.text(user_ref).text(toolkit).text(*alias_ref);
  return first(tx, query);
}

std::optional<Connection> find_default(Transaction& tx, const UserId& user, const std::string& toolkit) {
  SqlQuery query(tx, kFindDefault);
  query.text(user_ref_of(tx, user)).text(toolkit);
  std::optional<Connection> found;
  bool has_tampered = false;
  while (!found && query.step()) {
    has_tampered |= !unless_tampered(tx, [&] { found = connection_row::read(query, tx.keys()).value; });
  }
  if (!found && has_tampered) {
    throw Error(ErrorCode::TamperedRow, "no connected account of " + toolkit + " passes authentication",
                "the log names the accounts; restore the vault from a backup, or connect again");
  }
  return found;
}

std::optional<Opened> open(Transaction& tx, const ConnectionId& id) {
  SqlQuery query(tx, kFind);
  if (!query.kept_text(id.str()).step()) return std::nullopt;
  ConnectionRow row = connection_row::read(query, tx.keys());
  Credential credential = connection_row::open_credential(row, tx.keys());
  return Opened{std::move(row.value), std::move(credential)};
}

Page<Connection> list(Transaction& tx, const Query& query) {
  return connection_list::run(tx, query);
}

std::vector<ConnectionId> tampered(Transaction& tx) {
  std::vector<ConnectionId> bad;
  SqlQuery ids(tx, "SELECT id FROM connection ORDER BY rowid");
  while (ids.step()) {
    ConnectionId id(ids.text());
    if (!opens(tx, id)) bad.push_back(std::move(id));
  }
  return bad;
}

std::optional<Timestamp> next_refresh_at(Transaction& tx) {
  SqlQuery query(tx, kNextRefresh);
  const std::optional<ConnectionRow> row = next_sound(tx, query);
  return row ? row->value.next_refresh_at : std::nullopt;
}

std::vector<ConnectionId> due(Transaction& tx, Timestamp now, std::int64_t limit) {
  std::vector<ConnectionId> ids;
  SqlQuery query(tx, kDue);
  query.time(now);
  while (std::ssize(ids) < limit) {
    std::optional<ConnectionRow> row = next_sound(tx, query);
    if (!row) break;
    ids.push_back(std::move(row->value.id));
  }
  return ids;
}

std::int64_t count_of_auth_config(Transaction& tx, const AuthConfigId& id) {
  SqlQuery query(tx, "SELECT count(*) FROM connection WHERE auth_config_id = ? AND deleted_at_ms IS NULL");
  query.text(id.str()).step();
  return query.number();
}

std::map<std::string, std::int64_t> count_by_status(Transaction& tx) {
  std::map<std::string, std::int64_t> counts;
  SqlQuery rows(tx, "SELECT status, count(*) FROM connection WHERE deleted_at_ms IS NULL GROUP BY status");
  while (rows.step()) {
    std::string status = rows.text();
    counts.emplace(std::move(status), rows.number());
  }
  return counts;
}

}  // namespace coffer::connection_store

namespace coffer::integrity {

void check_connections(Transaction& tx, Faults& faults) {
  for (const ConnectionId& id : connection_store::tampered(tx)) {
    faults.push_back("connection " + id.str() + " fails authentication");
  }
}

}  // namespace coffer::integrity
