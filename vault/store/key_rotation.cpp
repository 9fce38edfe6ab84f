#include "vault/store/key_rotation.h"

#include <sqlite3.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vault/base/error.h"
#include "vault/crypto/row_message.h"
#include "vault/store/anchor.h"
#include "vault/store/audit_log.h"
#include "vault/store/connection_row.h"
#include "vault/store/data_keys.h"
#include "vault/store/digest_keeper.h"
#include "vault/store/header.h"
#include "vault/store/integrity.h"
#include "vault/store/keyed_transaction.h"
#include "vault/store/migrations.h"
#include "vault/store/offline_vault.h"
#include "vault/store/sql_error.h"
#include "vault/store/sql_query.h"

namespace coffer::key_rotation {
namespace {

// A table's sealed columns and what they are bound to, as SQL over its columns. `connection` is not among
// them: it has no MAC but a sealed record, which holds the data key.
struct SealedTable {
  const char* name;
  const char* owner;  // of the data key
  const char* row_id;
  const char* user;
  const char* toolkit;
  const char* auth_config;
  const char* generation;
  std::array<const char*, 2> columns;
  std::array<const char*, 2> fields;

  bool has_two() const { return columns[1] != nullptr; }
};

constexpr std::array<SealedTable, 6> kSealed = {{
    {"auth_config",
     "'auth_config:' || t.id",
     "t.id",
     "''",
     "toolkit",
     "t.id",
     "generation",
     {"details_sealed", "secret_sealed"},
     {"'details'", "'secret'"}},
    {"link",
     "'user:' || user_ref",
     "lower(hex(token_hash))",
     "user_ref",
     "toolkit",
     "auth_config_id",
     "0",
     {"details_sealed", "verifier_sealed"},
     {"'details'", "'verifier'"}},
    {"session",
     "'user:' || user_ref",
     "t.id",
     "user_ref",
     "''",
     "''",
     "config_version",
     {"details_sealed", nullptr},
     {"'details'", "''"}},
    {"subscription",
     "'vault'",
     "t.id",
     "''",
     "''",
     "''",
     "0",
     {"details_sealed", nullptr},
     {"'details'", "''"}},
    {"event", "'vault'", "t.id", "''", "''", "''", "0", {"body_sealed", nullptr}, {"'body'", "''"}},
    {"document", "'vault'", "t.id", "''", "''", "''", "0", {"text_sealed", nullptr}, {"kind", "''"}},
}};

std::string select_of(const SealedTable& table) {
  std::string sql = "SELECT t.rowid, t.data_key_id, k.wrapped";
  for (const char* bound : {table.owner, table.row_id, table.user, table.toolkit, table.auth_config}) {
    sql += std::string(", ") + bound;
  }
  sql += std::string(", ") + table.generation;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    sql += std::string(", ") + table.fields[i] + ", " +
           (table.columns[i] == nullptr ? "NULL" : table.columns[i]);
  }
  return sql + " FROM " + table.name + " AS t LEFT JOIN data_key AS k ON k.id = t.data_key_id WHERE t." +
         table.columns[0] + " IS NOT NULL ORDER BY t.rowid";
}

std::string update_of(const SealedTable& table) {
  std::string sql =
      std::string("UPDATE ") + table.name + " SET data_key_id = ?, " + table.columns[0] + " = ?";
  if (table.has_two()) sql += std::string(", ") + table.columns[1] + " = ?";
  return sql + " WHERE rowid = ?";
}

// A column's place in the row's MAC follows from the schema: storage-format.md, "Rows".
void describe(sqlite3_stmt* row, int column, RowMessage& out) {
  const std::string_view name = sqlite3_column_name(row, column);
  const std::string_view type = sqlite3_column_decltype(row, column);
  const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(row, column));
  const Bytes blob{bytes, static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
  if (name.ends_with("_sealed")) {
    out.sealed(blob);
  } else if (type == "BLOB") {
    out.blob(blob);
  } else if (sqlite3_column_type(row, column) == SQLITE_NULL) {
    out.number(std::optional<std::int64_t>());
  } else if (type == "INTEGER") {
    out.number(sqlite3_column_int64(row, column));
  } else {
    out.text({reinterpret_cast<const char*>(blob.data()), blob.size()});
  }
}

struct Statements {
  std::string select;
  std::string update;
};

const auto kReseal = [] {
  std::array<Statements, kSealed.size()> all;
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = {select_of(kSealed[i]), update_of(kSealed[i])};
  return all;
}();

constexpr std::array kWithMac = {"auth_config", "link",     "session",  "subscription",
                                 "event",       "document", "delivery", "api_key"};

Statements authentication_of(const std::string& table) {
  return {"SELECT rowid, * FROM " + table + " ORDER BY rowid",
          "UPDATE " + table + " SET mac = ? WHERE rowid = ?"};
}

const auto kAuthenticate = [] {
  std::array<Statements, kWithMac.size()> all;
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = authentication_of(kWithMac[i]);
  return all;
}();
const Statements kAuthenticateAudit = authentication_of("audit");
const std::string kConnections = connection_row::select("ORDER BY c.rowid");

Envelope resealed(const DataKey& from, const DataKey& to, const Binding& binding, Bytes envelope,
                  Random& random) {
  return seal(to.numbered(), binding, open(from.numbered(), binding, envelope), random);
}

// All rows were authenticated just before, so what fails here is a fault of ours.
class Rotation {
 public:
  Rotation(SqlConnection& connection, KeyedTransaction& before, KeyedTransaction& after)
      : connection_(connection), before_(before), after_(after) {}

  Rotated run() {
    set_old_keys_aside();
    for (std::size_t i = 0; i < kSealed.size(); ++i) reseal(kSealed[i], kReseal[i]);
    renew_connections();
    for (std::size_t i = 0; i < kWithMac.size(); ++i) authenticate(kWithMac[i], kAuthenticate[i]);
    authenticate_audit_log();
    write_digest();
    drop_old_keys();
    rotated_.root_epoch = after_.keys().root_epoch();
    return rotated_;
  }

 private:
  // A new key is made when its owner's first record asks for it.
  void set_old_keys_aside() {
    SqlQuery(before_, "UPDATE data_key SET owner = 'old:' || owner").run();
    LookupKeys keys = after_.keys().lookup_keys();
    data_keys::insert(after_, data_keys::kBlindIndex, std::move(keys.blind_index));
    data_keys::insert(after_, data_keys::kTokenHash, std::move(keys.token_hash));
  }

  void reseal(const SealedTable& table, const Statements& statements) {
    SqlQuery rows(before_, statements.select);
    while (rows.step()) {
      const std::int64_t rowid = rows.number();
      const std::int64_t old_id = rows.number();
      const Bytes wrapped = rows.blob();
      const std::string owner = rows.text();
      const DataKey from = data_keys::from_row(before_.keys(), old_id, wrapped, owner);
      const DataKey to = data_keys::get_or_make(after_, owner);
      SqlQuery update(after_, statements.update);
      update.number(to.id);
      reseal_columns(table, rows, update, from, to);
      update.number(rowid).run();
    }
  }

  void reseal_columns(const SealedTable& table, SqlQuery& row, SqlQuery& update, const DataKey& from,
                      const DataKey& to) {
    const std::string row_id = row.text();
    const std::string user = row.text();
    const std::string toolkit = row.text();
    const std::string auth_config = row.text();
    Binding binding{
        after_.keys().vault_uuid(), table.name, row_id, user, toolkit, auth_config, {}, row.number()};
    for (std::size_t i = 0; i < (table.has_two() ? 2U : 1U); ++i) {
      const std::string field = row.text();
      const Bytes envelope = row.blob();
      binding.field = field;
      update.blob(envelope.empty() ? Envelope() : resealed(from, to, binding, envelope, after_.random()));
    }
  }

  void renew_connections() {
    SqlQuery rows(before_, kConnections);
    while (rows.step()) {
      ConnectionRow row = connection_row::read(rows, before_.keys());
      if (row.value.refresh_state == RefreshState::Sent) row.value.refresh_state = RefreshState::Idle;
      Envelope credential;
      if (!row.deleted_at) {
        const Credential opened = connection_row::open_credential(row, before_.keys());
        row.key = data_keys::get_or_make(after_, data_keys::user(row.user_ref));
        if (!row.credential.empty()) credential = connection_row::seal_credential(row, opened, after_);
      }
      row.credential = credential;
      connection_row::replace(after_, row);
      ++rotated_.rows;
    }
  }

  void authenticate(const char* table, const Statements& statements) {
    SqlQuery rows(before_, statements.select);
    while (rows.step()) {
      RowMessage message(after_.keys(), table);
      put_mac(rows.statement(), statements, message, Purpose::RowMac);
    }
  }

  // Each entry's MAC covers the one before it; what was cut off stays as the note of it says.
  void authenticate_audit_log() {
    std::vector<std::uint8_t> previous = audit_log::before_first(after_);
    SqlQuery rows(before_, kAuthenticateAudit.select);
    while (rows.step()) {
      RowMessage message(after_.keys(), "audit");
      message.blob(previous);
      const Mac mac = put_mac(rows.statement(), kAuthenticateAudit, message, Purpose::Audit);
      previous.assign(mac.begin(), mac.end());
    }
  }

  // Of all columns between the rowid and the MAC.
  Mac put_mac(sqlite3_stmt* row, const Statements& statements, RowMessage& message, Purpose purpose) {
    for (int column = 1; column < sqlite3_column_count(row) - 1; ++column) describe(row, column, message);
    const Mac mac = message.mac(purpose);
    SqlQuery(after_, statements.update).blob(mac).number(sqlite3_column_int64(row, 0)).run();
    ++rotated_.rows;
    return mac;
  }

  void write_digest() {
    DigestRow digest = integrity::digest_of_rows(connection_, after_.keys());
    digest.commits = DigestRow::read(connection_, before_.keys()).commits + 1;
    digest.write(connection_, after_.keys());
  }

  void drop_old_keys() {
    SqlQuery(before_, "DELETE FROM data_key WHERE owner LIKE 'old:%'").run();
    SqlQuery count(before_, "SELECT count(*) FROM data_key WHERE owner NOT LIKE 'root:%'");
    count.step();
    rotated_.data_keys = count.number();
  }

  SqlConnection& connection_;
  KeyedTransaction& before_;
  KeyedTransaction& after_;
  Rotated rotated_;
};

void require_sound(Transaction& tx, SqlConnection& connection) {
  const integrity::Faults faults = integrity::check_all(tx, connection);
  if (faults.empty()) return;
  throw Error(ErrorCode::WrongState, "the vault is not sound, so its keys are not renewed: " + faults.front(),
              "`coffer doctor` lists what is wrong; delete those rows, or restore a backup");
}

Rotated rotate_open(const OfflineVault& vault, Random& random, Log& log) {
  SqlConnection& connection = *vault.connection;
  connection.execute("BEGIN IMMEDIATE");
  const int newest = static_cast<int>(vault.steps.size());
  const auto old_keys = vault.unlock();
  migrations::require_newest(connection, vault.steps);
  const auto anchor = anchors::find(connection, *old_keys, log);
  if (anchor) anchor->check(DigestRow::read(connection, *old_keys).commits);
  KeyedTransaction before(connection, *old_keys, random, log);
  require_sound(before, connection);
  const auto new_keys = header::renew_root(connection, vault.key, newest, random);
  KeyedTransaction after(connection, *new_keys, random, log);
  const Rotated rotated = Rotation(connection, before, after).run();
  require_sound(after, connection);  // read back before anything is final
  connection.reset_statements();
  connection.execute("COMMIT");
  if (anchor) anchor->advance(DigestRow::read(connection, *new_keys).commits);
  return rotated;
}

}  // namespace

Rotated rotate(VaultLocation location, Random& random, Log& log) {
  const OfflineVault vault(std::move(location));
  const Rotated rotated = converting([&] { return rotate_open(vault, random, log); });
  vault.empty_log();
  return rotated;
}

}  // namespace coffer::key_rotation
