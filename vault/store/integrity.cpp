#include "vault/store/integrity.h"

#include <sqlite3.h>

#include <array>
#include <utility>

#include "vault/store/data_keys.h"
#include "vault/store/document_store.h"
#include "vault/store/sql_error.h"
#include "vault/store/sql_query.h"

namespace coffer::integrity {
namespace {

// The tables whose rows carry a MAC, and how to read it.
constexpr std::array<std::pair<const char*, const char*>, 10> kMacs = {{
    {"auth_config", "SELECT mac FROM auth_config"},
    {"connection", "SELECT account_sealed FROM connection"},
    {"link", "SELECT mac FROM link"},
    {"session", "SELECT mac FROM session"},
    {"subscription", "SELECT mac FROM subscription"},
    {"event", "SELECT mac FROM event"},
    {"delivery", "SELECT mac FROM delivery"},
    {"audit", "SELECT mac FROM audit"},
    {"api_key", "SELECT mac FROM api_key"},
    {"document", "SELECT mac FROM document"},
}};

void check_rows(Transaction& tx, Faults& faults) {
  check_data_keys(tx, faults);
  check_auth_configs(tx, faults);
  check_connections(tx, faults);
  check_links(tx, faults);
  check_sessions(tx, faults);
  check_subscriptions(tx, faults);
  check_outbox(tx, faults);
  check_audit_log(tx, faults);
  check_api_keys(tx, faults);
  document_store::check(tx, faults);
}

void check_file(SqlConnection& connection, Faults& faults) {
  SqlQuery rows(connection, "PRAGMA integrity_check(100)");
  while (rows.step()) {
    std::string line = rows.text();
    if (line != "ok") faults.push_back("file: " + line);
  }
}

void check_digest(Transaction& tx, SqlConnection& connection, Faults& faults) {
  const DigestRow stored = DigestRow::read(connection, tx.keys());
  const DigestRow found = digest_of_rows(connection, tx.keys());
  if (found.is_of_same_rows(stored)) return;
  faults.push_back("set digest: rows were added, removed or put back from outside (" +
                   std::to_string(stored.row_count) + " expected, " + std::to_string(found.row_count) +
                   " found)");
}

}  // namespace

void check_data_keys(Transaction& tx, Faults& faults) {
  SqlQuery rows(tx, "SELECT id, owner, wrapped FROM data_key");
  while (rows.step()) {
    const std::int64_t id = rows.number();
    const std::string owner = rows.text();
    note(faults, [&] { data_keys::from_row(tx.keys(), id, rows.blob(), owner); });
  }
}

DigestRow digest_of_rows(SqlConnection& connection, const Keyring& keys) {
  DigestRow found;
  for (const auto& [table, sql] : kMacs) {
    SqlQuery rows(connection, sql);
    for (; rows.step(); ++found.row_count) found.digest.add(keys, table, rows.blob());
  }
  return found;
}

bool is_of_one_piece(SqlConnection& connection, const Keyring& keys) {
  try {
    if (!digest_of_rows(connection, keys).is_of_same_rows(DigestRow::read(connection, keys))) return false;
    Faults faults;
    check_file(connection, faults);
    return faults.empty();
  } catch (const Error&) {
    if (!is_damage(sqlite3_errcode(connection.handle()))) throw;
    return false;
  }
}

Faults check_all(Transaction& tx, SqlConnection& connection) {
  Faults faults;
  try {
    check_file(connection, faults);
    check_rows(tx, faults);
    check_digest(tx, connection, faults);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::Storage) throw;
    faults.push_back(std::string("file: ") + error.what());  // damage that stops the check
  }
  return faults;
}

}  // namespace coffer::integrity
