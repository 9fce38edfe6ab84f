#include "vault/store/event_row.h"

#include "vault/base/error.h"
#include "vault/crypto/row_message.h"
#include "vault/store/data_keys.h"
#include "vault/store/record_codec.h"

namespace coffer::event_row {
namespace {

constexpr std::string_view kTable = "event";
constexpr std::uint8_t kBodyVersion = 1;

Mac mac_of(const Event& event, std::int64_t data_key_id, Bytes body, const Keyring& keys) {
  RowMessage message(keys, kTable);
  message.text(event.id).number(data_key_id).text(event.type).text(event.connection.str());
  message.time(event.created_at).sealed(body);
  return message.mac();
}

Binding binding_of(const Event& event, const Keyring& keys) {
  return {keys.vault_uuid(), kTable, event.id, {}, {}, {}, "body", 0};
}

}  // namespace

std::string select(const char* rest) {
  return std::string(R"sql(
    SELECT e.id, e.data_key_id, e.type, e.connection_id, e.created_at_ms, e.body_sealed, e.mac, k.wrapped
      FROM event AS e LEFT JOIN data_key AS k ON k.id = e.data_key_id )sql") +
         rest;
}

Event read(SqlQuery& query, const Keyring& keys) {
  Event event;
  event.id = query.text();
  const std::int64_t data_key_id = query.number();
  event.type = query.text();
  event.connection = ConnectionId(query.text());
  event.created_at = query.time();
  const Bytes body = query.blob();
  const Bytes mac = query.blob();
  if (!constant_time_equal(mac_of(event, data_key_id, body, keys), mac)) {
    throw Error(ErrorCode::TamperedRow, "event " + event.id + " fails authentication");
  }
  const DataKey key = data_keys::from_row(keys, data_key_id, query.blob(), data_keys::kVault);
  const Plaintext record = open(key.numbered(), binding_of(event, keys), body);
  event.body = RecordReader(record, kBodyVersion).text();
  return event;
}

void insert(WriteTransaction& tx, const Event& event) {
  const DataKey key = data_keys::get_or_make(tx, data_keys::kVault);
  RecordWriter out(kBodyVersion);
  out.text(event.body);
  const Envelope body = seal(key.numbered(), binding_of(event, tx.keys()), out.finish(), tx.random());
  SqlQuery(tx, "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)")
      .text(event.id)
      .number(key.id)
      .text(event.type)
      .text(event.connection.str())
      .time(event.created_at)
      .blob(body)
      .blob(mac_of(event, key.id, body, tx.keys()))
      .run();
}

}  // namespace coffer::event_row
