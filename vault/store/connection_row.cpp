#include "vault/store/connection_row.h"

#include <utility>

#include "vault/base/error.h"
#include "vault/crypto/row_mac.h"
#include "vault/store/credential_codec.h"
#include "vault/store/record_codec.h"

namespace coffer::connection_row {
namespace {

constexpr std::string_view kTable = "connection";
constexpr std::uint8_t kDetailsVersion = 1;

[[noreturn]] void throw_tampered(const ConnectionRow& row) {
  throw Error(ErrorCode::TamperedRow, "connection " + row.value.id.str() + " fails authentication",
              "the vault file was changed from outside or is damaged; restore it from a backup");
}

Mac mac_of(const ConnectionRow& row, const Keyring& keys) {
  const Connection& value = row.value;
  const auto intent = [&](auto&& part) {
    return row.intent ? std::optional(part(*row.intent)) : std::nullopt;
  };
  RowMac mac(keys, kTable);
  mac.text(value.id.str()).text(row.user_ref).number(row.data_key_id).text(value.toolkit);
  mac.text(value.auth_config.str()).text(to_string(value.scheme)).optional_text(row.alias_ref);
  mac.text(to_string(value.status)).text(value.status_reason);
  mac.time(value.created_at).time(value.updated_at).time(value.connected_at);
  mac.time(value.expires_at).time(value.next_refresh_at);
  mac.text(to_string(value.refresh_state)).number(value.failures).number(value.generation);
  mac.optional_text(intent([](const RefreshIntent& i) { return i.id; }));
  mac.number(intent([](const RefreshIntent& i) { return i.attempt; }));
  mac.time(intent([](const RefreshIntent& i) { return i.sent_at; }));
  mac.time(row.deleted_at).sealed(row.details).sealed(row.credential);
  return mac.finish();
}

Binding binding_of(const ConnectionRow& row, const Keyring& keys, std::string_view field) {
  const Connection& value = row.value;
  return {keys.vault_uuid(),       kTable, value.id.str(),  row.user_ref, value.toolkit,
          value.auth_config.str(), field,  value.generation};
}

RefreshState stored_state(const std::string& text, const ConnectionRow& row) {
  for (const RefreshState state : {RefreshState::Idle, RefreshState::Sent, RefreshState::Backoff}) {
    if (text == to_string(state)) return state;
  }
  throw_tampered(row);
}

std::optional<RefreshIntent> read_intent(SqlQuery& query, const ConnectionRow& row) {
  const std::optional<std::string> id = query.optional_text();
  const std::optional<std::int64_t> attempt = query.optional_number();
  const std::optional<Timestamp> sent_at = query.optional_time();
  if (id && attempt && sent_at) return RefreshIntent{*id, *attempt, *sent_at};
  if (id || attempt || sent_at) throw_tampered(row);
  return std::nullopt;
}

void read_clear(SqlQuery& query, ConnectionRow& row) {
  Connection& value = row.value;
  value.id = ConnectionId(query.text());
  row.user_ref = query.text();
  row.data_key_id = query.number();
  value.toolkit = query.text();
  value.auth_config = AuthConfigId(query.text());
  const auto scheme = parse_auth_scheme(query.text());
  row.alias_ref = query.optional_text();
  const auto status = parse_connection_status(query.text());
  if (!scheme || !status) throw_tampered(row);
  value.scheme = *scheme;
  value.status = *status;
  value.status_reason = query.text();
  value.created_at = query.time();
  value.updated_at = query.time();
  value.connected_at = query.optional_time();
  value.expires_at = query.optional_time();
  value.next_refresh_at = query.optional_time();
  value.refresh_state = stored_state(query.text(), row);
  value.failures = query.number();
  value.generation = query.number();
  row.intent = read_intent(query, row);
  row.deleted_at = query.optional_time();
}

void bind_all(SqlQuery& query, const ConnectionRow& row, const Keyring& keys) {
  const Connection& value = row.value;
  query.text(row.user_ref).number(row.data_key_id).text(value.toolkit).text(value.auth_config.str());
  query.text(to_string(value.scheme)).optional_text(row.alias_ref);
  query.text(to_string(value.status)).text(value.status_reason);
  query.time(value.created_at).time(value.updated_at).time(value.connected_at);
  query.time(value.expires_at).time(value.next_refresh_at);
  query.text(to_string(value.refresh_state)).number(value.failures).number(value.generation);
  if (row.intent) {
    query.text(row.intent->id).number(row.intent->attempt).time(row.intent->sent_at);
  } else {
    query.null().null().null();
  }
  query.time(row.deleted_at).blob(row.details).blob(row.credential).blob(mac_of(row, keys));
}

}  // namespace

std::string select(const char* rest) {
  return std::string(R"sql(
    SELECT c.id, c.user_ref, c.data_key_id, c.toolkit, c.auth_config_id, c.scheme, c.alias_ref, c.status,
           c.status_reason, c.created_at_ms, c.updated_at_ms, c.connected_at_ms, c.expires_at_ms,
           c.next_refresh_at_ms, c.refresh_state, c.failures, c.generation, c.intent_id, c.intent_attempt,
           c.intent_sent_at_ms, c.deleted_at_ms, c.details_sealed, c.credential_sealed, c.mac, k.wrapped
      FROM connection AS c LEFT JOIN data_key AS k ON k.id = c.data_key_id )sql") +
         rest;
}

ConnectionRow read(SqlQuery& query, const Keyring& keys) {
  ConnectionRow row;
  read_clear(query, row);
  row.details = query.blob();
  row.credential = query.blob();
  const Bytes mac = query.blob();
  row.wrapped_key = query.blob();
  if (!constant_time_equal(mac_of(row, keys), mac)) throw_tampered(row);
  if (row.intent) row.value.refresh_state = RefreshState::Sent;
  return row;
}

DataKey key_of(const ConnectionRow& row, const Keyring& keys) {
  return data_keys::from_row(keys, row.data_key_id, row.wrapped_key, data_keys::user(row.user_ref));
}

void open_details(ConnectionRow& row, const Keyring& keys, const DataKey& key) {
  if (row.details.empty()) return;
  Connection& value = row.value;
  const Plaintext record = open(key.numbered(), binding_of(row, keys, "details"), row.details);
  RecordReader in(record, kDetailsVersion);
  value.user = UserId(in.text());
  value.alias = in.text();
  value.scopes = in.list();
  value.identity = in.text();
  value.fields = in.map();
  value.redacted_credential = in.text();
}

ConnectionRow read_whole(SqlQuery& query, const Keyring& keys) {
  ConnectionRow row = read(query, keys);
  open_details(row, keys, key_of(row, keys));
  return row;
}

Credential open_credential(const ConnectionRow& row, const Keyring& keys, const DataKey& key) {
  if (row.credential.empty()) return std::monostate();
  return decode_credential(open(key.numbered(), binding_of(row, keys, "credential"), row.credential));
}

void seal_details(ConnectionRow& row, const DataKey& key, WriteTransaction& tx, Envelope& details) {
  const Connection& value = row.value;
  RecordWriter out(kDetailsVersion);
  out.text(value.user.str()).text(value.alias).list(value.scopes).text(value.identity).map(value.fields);
  out.text(value.redacted_credential);
  details = seal(key.numbered(), binding_of(row, tx.keys(), "details"), out.finish(), tx.random());
  row.details = details;
}

void seal_credential(ConnectionRow& row, const Credential& credential, const DataKey& key,
                     WriteTransaction& tx, Envelope& sealed) {
  sealed = seal(key.numbered(), binding_of(row, tx.keys(), "credential"), encode_credential(credential),
                tx.random());
  row.credential = sealed;
}

void insert(WriteTransaction& tx, const ConnectionRow& row) {
  SqlQuery query(tx, R"sql(
    INSERT INTO connection
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql");
  query.text(row.value.id.str());
  bind_all(query, row, tx.keys());
  query.run();
}

void update(WriteTransaction& tx, const ConnectionRow& row) {
  SqlQuery query(tx, R"sql(
    UPDATE connection
       SET user_ref = ?, data_key_id = ?, toolkit = ?, auth_config_id = ?, scheme = ?, alias_ref = ?, status = ?,
           status_reason = ?, created_at_ms = ?, updated_at_ms = ?, connected_at_ms = ?, expires_at_ms = ?,
           next_refresh_at_ms = ?, refresh_state = ?, failures = ?, generation = ?, intent_id = ?,
           intent_attempt = ?, intent_sent_at_ms = ?, deleted_at_ms = ?, details_sealed = ?,
           credential_sealed = ?, mac = ?
     WHERE id = ?)sql");
  bind_all(query, row, tx.keys());
  query.text(row.value.id.str()).run();
}

}  // namespace coffer::connection_row
