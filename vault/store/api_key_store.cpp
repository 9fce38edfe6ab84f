#include "vault/store/api_key_store.h"

#include <algorithm>
#include <utility>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/crypto/row_message.h"
#include "vault/store/integrity.h"
#include "vault/store/sql_query.h"

namespace coffer::api_key_store {
namespace {

struct Row {
  Bytes key_hash;
  ApiKey value;
  Timestamp created_at;
};

Mac mac_of(const Row& row, const Keyring& keys) {
  RowMessage message(keys, "api_key");
  message.blob(row.key_hash).text(row.value.name).text(join(row.value.scopes, " ")).time(row.created_at);
  return message.mac();
}

constexpr std::size_t kIdBytes = 6;

std::string id_of(Bytes key_hash) {
  return to_hex(key_hash.first(std::min(kIdBytes, key_hash.size())));
}

// Columns: key_hash, name, scopes, created_at_ms, mac.
Listed read_any(SqlQuery& query, const Keyring& keys) {
  Row row;
  row.key_hash = query.blob();
  row.value.name = query.text();
  row.value.scopes = split(query.text(), ' ');
  row.created_at = query.time();
  const bool is_authentic = constant_time_equal(mac_of(row, keys), query.blob());
  return {id_of(row.key_hash), std::move(row.value), row.created_at, is_authentic};
}

ApiKey read(SqlQuery& query, const Keyring& keys) {
  Listed row = read_any(query, keys);
  if (!row.is_authentic) {
    throw Error(ErrorCode::TamperedRow, "API key \"" + row.value.name + "\" fails authentication",
                "make a new API key");
  }
  return std::move(row.value);
}

// Scopes are stored as words: a space inside one would make two of it.
void check_scopes(const std::vector<std::string>& scopes) {
  for (const std::string& scope : scopes) {
    if (!scope.empty() && scope.find(' ') == std::string::npos) continue;
    throw Error(ErrorCode::InvalidArgument, "\"" + scope + "\" is not a scope");
  }
}

}  // namespace

void insert(WriteTransaction& tx, const Secret& key, const ApiKey& info, Timestamp now) {
  check_scopes(info.scopes);
  const Mac hash = tx.keys().token_hash("api_key", key.expose());
  SqlQuery(tx, "INSERT INTO api_key VALUES (?, ?, ?, ?, ?)")
      .blob(hash)
      .text(info.name)
      .text(join(info.scopes, " "))
      .time(now)
      .blob(mac_of({hash, info, now}, tx.keys()))
      .run();
}

std::optional<ApiKey> find(Transaction& tx, std::string_view key) {
  SqlQuery query(tx, "SELECT key_hash, name, scopes, created_at_ms, mac FROM api_key WHERE key_hash = ?");
  if (!query.blob(tx.keys().token_hash("api_key", key)).step()) return std::nullopt;
  return read(query, tx.keys());
}

bool any(Transaction& tx) {
  return SqlQuery(tx, "SELECT 1 FROM api_key LIMIT 1").step();
}

std::vector<Listed> list(Transaction& tx) {
  SqlQuery rows(
      tx, "SELECT key_hash, name, scopes, created_at_ms, mac FROM api_key ORDER BY created_at_ms, key_hash");
  std::vector<Listed> keys;
  while (rows.step()) keys.push_back(read_any(rows, tx.keys()));
  return keys;
}

bool remove(WriteTransaction& tx, std::string_view id) {
  return SqlQuery(tx, "DELETE FROM api_key WHERE lower(hex(substr(key_hash, 1, 6))) = ?").text(id).run() > 0;
}

}  // namespace coffer::api_key_store

namespace coffer::integrity {

void check_api_keys(Transaction& tx, Faults& faults) {
  SqlQuery rows(tx, "SELECT key_hash, name, scopes, created_at_ms, mac FROM api_key");
  while (rows.step()) {
    note(faults, [&] { api_key_store::read(rows, tx.keys()); });
  }
}

}  // namespace coffer::integrity
