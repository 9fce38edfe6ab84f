#include "vault/store/digest_keeper.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "vault/base/error.h"
#include "vault/crypto/length_prefixed.h"
#include "vault/store/sql_query.h"

namespace coffer {
namespace {

constexpr std::array<std::string_view, 4> kTablesWithoutMac = {"header", "key_slot", "set_digest",
                                                               "data_key"};

bool has_mac(std::string_view table) {
  return std::find(kTablesWithoutMac.begin(), kTablesWithoutMac.end(), table) == kTablesWithoutMac.end();
}

Mac mac_of(const DigestRow& row, const Keyring& keys) {
  LengthPrefixed message;
  message.add("coffer/set-digest").add(row.commits).add(row.row_count).add(Bytes(row.digest.value()));
  return keys.mac(Purpose::Header, message.bytes());
}

[[noreturn]] void throw_corrupt() {
  throw Error(ErrorCode::CorruptHeader, "the vault's set digest fails authentication",
              "restore the vault from a backup");
}

Bytes as_blob(sqlite3_value* value) {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_value_blob(value));
  return {data, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

}  // namespace

DigestRow DigestRow::read(SqlConnection& connection, const Keyring& keys) {
  SqlQuery row(connection, "SELECT commits, row_count, digest, digest_mac FROM set_digest WHERE id = 1");
  if (!row.step()) throw_corrupt();
  DigestRow found;
  found.commits = row.number();
  found.row_count = row.number();
  SetDigest::Value value{};
  const Bytes stored = row.blob();
  if (stored.size() != value.size()) throw_corrupt();
  std::copy(stored.begin(), stored.end(), value.begin());
  found.digest = SetDigest(value);
  if (!constant_time_equal(mac_of(found, keys), row.blob())) throw_corrupt();
  return found;
}

void DigestRow::write(SqlConnection& connection, const Keyring& keys) const {
  SqlQuery(connection, "INSERT OR REPLACE INTO set_digest VALUES (1, ?, ?, ?, ?)")
      .number(commits)
      .number(row_count)
      .kept_blob(digest.value())
      .kept_blob(mac_of(*this, keys))
      .run();
}

DigestKeeper::DigestKeeper(SqlConnection& writer, const Keyring& keys)
    : writer_(writer), keys_(keys), stored_(DigestRow::read(writer, keys)), pending_(stored_) {
  writer.reset_statements();
  sqlite3_preupdate_hook(writer.handle(), &DigestKeeper::on_change, this);
}

DigestKeeper::~DigestKeeper() {
  sqlite3_preupdate_hook(writer_.handle(), nullptr, nullptr);
}

void DigestKeeper::store() {
  if (has_failed_) throw Error(ErrorCode::Internal, "the set digest could not follow a change");
  if (!has_changed_) return;
  ++pending_.commits;
  pending_.write(writer_, keys_);
  has_changed_ = false;
}

void DigestKeeper::rolled_back() {
  pending_ = stored_;
  has_changed_ = has_failed_ = false;
}

void DigestKeeper::on_change(void* self, sqlite3* db, int operation, const char*, const char* table,
                             long long, long long) {
  auto* keeper = static_cast<DigestKeeper*>(self);
  try {
    if (has_mac(table)) keeper->follow(db, operation, table);
  } catch (...) {  // must not pass through SQLite's frames
    keeper->has_failed_ = true;
  }
}

void DigestKeeper::follow(sqlite3* db, int operation, const char* table) {
  const int mac_column = sqlite3_preupdate_count(db) - 1;
  sqlite3_value* value = nullptr;
  has_changed_ = true;
  if (operation != SQLITE_INSERT) {
    has_failed_ |= sqlite3_preupdate_old(db, mac_column, &value) != SQLITE_OK;
    if (value != nullptr) pending_.digest.remove(keys_, table, as_blob(value));
    --pending_.row_count;
  }
  value = nullptr;
  if (operation != SQLITE_DELETE) {
    has_failed_ |= sqlite3_preupdate_new(db, mac_column, &value) != SQLITE_OK;
    if (value != nullptr) pending_.digest.add(keys_, table, as_blob(value));
    ++pending_.row_count;
  }
}

}  // namespace coffer
