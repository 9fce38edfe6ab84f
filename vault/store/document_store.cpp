#include "vault/store/document_store.h"

#include "vault/base/error.h"
#include "vault/crypto/row_message.h"
#include "vault/store/data_keys.h"
#include "vault/store/integrity.h"
#include "vault/store/record_codec.h"
#include "vault/store/row_guard.h"
#include "vault/store/sql_query.h"

namespace coffer::document_store {
namespace {

constexpr std::string_view kTable = "document";
constexpr std::uint8_t kTextVersion = 1;

struct Row {
  Document value;
  std::int64_t data_key_id = 0;
  Bytes text;
  Bytes wrapped_key;
};

std::string select(const char* rest) {
  return std::string(R"sql(
    SELECT d.kind, d.id, d.data_key_id, d.created_at_ms, d.updated_at_ms, d.text_sealed, d.mac, k.wrapped
      FROM document AS d LEFT JOIN data_key AS k ON k.id = d.data_key_id )sql") +
         rest;
}

const std::string kFind = select("WHERE d.kind = ? AND d.id = ?");
const std::string kList = select("WHERE d.kind = ? ORDER BY d.rowid");
const std::string kAll = select("ORDER BY d.rowid");

Mac mac_of(const Row& row, const Keyring& keys) {
  RowMessage message(keys, kTable);
  message.text(row.value.kind).text(row.value.id).number(row.data_key_id);
  message.time(row.value.created_at).time(row.value.updated_at).sealed(row.text);
  return message.mac();
}

Binding binding_of(const Row& row, const Keyring& keys) {
  return {keys.vault_uuid(), kTable, row.value.id, {}, {}, {}, row.value.kind, 0};
}

Row read(SqlQuery& query, const Keyring& keys) {
  Row row;
  row.value.kind = query.text();
  row.value.id = query.text();
  row.data_key_id = query.number();
  row.value.created_at = query.time();
  row.value.updated_at = query.time();
  row.text = query.blob();
  const Bytes mac = query.blob();
  row.wrapped_key = query.blob();
  if (!constant_time_equal(mac_of(row, keys), mac)) {
    throw Error(ErrorCode::TamperedRow, row.value.kind + " " + row.value.id + " fails authentication",
                "the vault file was changed from outside or is damaged; restore it from a backup");
  }
  return row;
}

Document read_whole(SqlQuery& query, const Keyring& keys) {
  Row row = read(query, keys);
  const DataKey key = data_keys::from_row(keys, row.data_key_id, row.wrapped_key, data_keys::kVault);
  const Plaintext record = open(key.numbered(), binding_of(row, keys), row.text);
  row.value.text = RecordReader(record, kTextVersion).text();
  return std::move(row.value);
}

}  // namespace

void put(WriteTransaction& tx, const Document& document) {
  const auto known = find(tx, document.kind, document.id);
  const DataKey key = data_keys::get_or_make(tx, data_keys::kVault);
  Row row;
  row.value = document;
  if (known) row.value.created_at = known->created_at;
  row.data_key_id = key.id;
  RecordWriter record(kTextVersion);
  record.text(document.text);
  const Envelope text = seal(key.numbered(), binding_of(row, tx.keys()), record.finish(), tx.random());
  row.text = text;
  SqlQuery(tx, R"sql(
    INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (kind, id) DO UPDATE
       SET data_key_id = excluded.data_key_id, updated_at_ms = excluded.updated_at_ms,
           text_sealed = excluded.text_sealed, mac = excluded.mac)sql")
      .text(document.kind)
      .text(document.id)
      .number(key.id)
      .time(row.value.created_at)
      .time(row.value.updated_at)
      .blob(row.text)
      .blob(mac_of(row, tx.keys()))
      .run();
}

bool remove(WriteTransaction& tx, std::string_view kind, std::string_view id) {
  return SqlQuery(tx, "DELETE FROM document WHERE kind = ? AND id = ?").text(kind).text(id).run() > 0;
}

std::optional<Document> find(Transaction& tx, std::string_view kind, std::string_view id) {
  SqlQuery query(tx, kFind);
  if (!query.text(kind).text(id).step()) return std::nullopt;
  return read_whole(query, tx.keys());
}

std::vector<Document> list(Transaction& tx, std::string_view kind) {
  std::vector<Document> documents;
  SqlQuery rows(tx, kList);
  rows.text(kind);
  while (rows.step()) {
    unless_tampered(tx, [&] { documents.push_back(read_whole(rows, tx.keys())); });
  }
  return documents;
}

void check(Transaction& tx, std::vector<std::string>& faults) {
  SqlQuery rows(tx, kAll);
  while (rows.step()) {
    integrity::note(faults, [&] { read_whole(rows, tx.keys()); });
  }
}

}  // namespace coffer::document_store
