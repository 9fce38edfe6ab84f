#include "vault/store/subscription_store.h"

#include "vault/base/error.h"
#include "vault/crypto/row_message.h"
#include "vault/store/data_keys.h"
#include "vault/store/delivery_row.h"
#include "vault/store/integrity.h"
#include "vault/store/record_codec.h"
#include "vault/store/row_guard.h"
#include "vault/store/sql_query.h"

namespace coffer::subscription_store {
namespace {

constexpr std::string_view kTable = "subscription";
constexpr std::uint8_t kDetailsVersion = 1;

struct Row {
  Subscription value;
  std::int64_t data_key_id = 0;
  Bytes details;
  Bytes wrapped_key;
};

std::string select(const char* rest) {
  return std::string(R"sql(
    SELECT s.id, s.data_key_id, s.is_hidden, s.is_enabled, s.created_at_ms, s.updated_at_ms, s.details_sealed,
           s.mac, k.wrapped
      FROM subscription AS s LEFT JOIN data_key AS k ON k.id = s.data_key_id )sql") +
         rest;
}

const std::string kFind = select("WHERE s.id = ?");
const std::string kList = select("WHERE s.is_hidden = 0 OR ? ORDER BY s.rowid");

Mac mac_of(const Row& row, const Keyring& keys) {
  const Subscription& value = row.value;
  RowMessage message(keys, kTable);
  message.text(value.id.str()).number(row.data_key_id).number(value.is_hidden).number(value.is_enabled);
  message.time(value.created_at).time(value.updated_at).sealed(row.details);
  return message.mac();
}

Binding binding_of(const Row& row, const Keyring& keys) {
  return {keys.vault_uuid(), kTable, row.value.id.str(), {}, {}, {}, "details", 0};
}

Plaintext encode(const Subscription& subscription) {
  RecordWriter out(kDetailsVersion);
  out.text(subscription.url).list(subscription.events).secret(subscription.secret).text(subscription.version);
  return out.finish();
}

void decode(const Plaintext& record, Subscription& subscription) {
  RecordReader in(record, kDetailsVersion);
  subscription.url = in.text();
  subscription.events = in.list();
  subscription.secret = in.secret();
  subscription.version = in.text();
}

Row read(SqlQuery& query, const Keyring& keys) {
  Row row;
  Subscription& value = row.value;
  value.id = SubscriptionId(query.text());
  row.data_key_id = query.number();
  value.is_hidden = query.flag();
  value.is_enabled = query.flag();
  value.created_at = query.time();
  value.updated_at = query.time();
  row.details = query.blob();
  const Bytes mac = query.blob();
  row.wrapped_key = query.blob();
  if (!constant_time_equal(mac_of(row, keys), mac)) {
    throw Error(ErrorCode::TamperedRow, "webhook subscription " + value.id.str() + " fails authentication",
                "delete it and subscribe again");
  }
  return row;
}

Subscription read_whole(SqlQuery& query, const Keyring& keys) {
  Row row = read(query, keys);
  const DataKey key = data_keys::from_row(keys, row.data_key_id, row.wrapped_key, data_keys::kVault);
  decode(open(key.numbered(), binding_of(row, keys), row.details), row.value);
  return std::move(row.value);
}

void write(WriteTransaction& tx, const Subscription& subscription, const char* sql) {
  const DataKey key = data_keys::get_or_make(tx, data_keys::kVault);
  Row row;
  row.value.id = subscription.id;
  row.value.is_hidden = subscription.is_hidden;
  row.value.is_enabled = subscription.is_enabled;
  row.value.created_at = subscription.created_at;
  row.value.updated_at = subscription.updated_at;
  row.data_key_id = key.id;
  const Envelope details =
      seal(key.numbered(), binding_of(row, tx.keys()), encode(subscription), tx.random());
  row.details = details;
  SqlQuery(tx, sql)
      .text(subscription.id.str())
      .number(key.id)
      .number(subscription.is_hidden)
      .number(subscription.is_enabled)
      .time(subscription.created_at)
      .time(subscription.updated_at)
      .blob(details)
      .blob(mac_of(row, tx.keys()))
      .run();
}

bool exists(Transaction& tx, const SubscriptionId& id) {
  return SqlQuery(tx, "SELECT 1 FROM subscription WHERE id = ?").text(id.str()).step();
}

}  // namespace

void insert(WriteTransaction& tx, const Subscription& subscription) {
  write(tx, subscription, "INSERT INTO subscription VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
}

bool update(WriteTransaction& tx, const Subscription& subscription) {
  if (!exists(tx, subscription.id)) return false;
  write(tx, subscription, R"sql(
    INSERT INTO subscription VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE
       SET data_key_id = excluded.data_key_id, is_hidden = excluded.is_hidden, is_enabled = excluded.is_enabled,
           created_at_ms = excluded.created_at_ms, updated_at_ms = excluded.updated_at_ms,
           details_sealed = excluded.details_sealed, mac = excluded.mac)sql");
  return true;
}

bool remove(WriteTransaction& tx, const SubscriptionId& id) {
  delivery_row::end_all(tx, id, "the subscription was deleted");
  return SqlQuery(tx, "DELETE FROM subscription WHERE id = ?").text(id.str()).run() > 0;
}

std::optional<Subscription> find(Transaction& tx, const SubscriptionId& id) {
  SqlQuery query(tx, kFind);
  if (!query.text(id.str()).step()) return std::nullopt;
  return read_whole(query, tx.keys());
}

std::vector<Subscription> list(Transaction& tx, bool include_hidden) {
  std::vector<Subscription> subscriptions;
  SqlQuery rows(tx, kList);
  rows.number(include_hidden);
  while (rows.step()) {
    unless_tampered(tx, [&] { subscriptions.push_back(read_whole(rows, tx.keys())); });
  }
  return subscriptions;
}

}  // namespace coffer::subscription_store

namespace coffer::integrity {

void check_subscriptions(Transaction& tx, Faults& faults) {
  using namespace subscription_store;
  SqlQuery rows(tx, kList);
  rows.number(1);
  while (rows.step()) {
    note(faults, [&] { read_whole(rows, tx.keys()); });
  }
}

}  // namespace coffer::integrity
