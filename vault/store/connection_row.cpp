#include "vault/store/connection_row.h"

#include <array>
#include <utility>

#include "vault/base/error.h"
#include "vault/crypto/row_message.h"
#include "vault/store/credential_codec.h"
#include "vault/store/record_codec.h"

namespace coffer::connection_row {
namespace {

constexpr std::string_view kTable = "connection";
constexpr std::uint8_t kAccountVersion = 1;
constexpr std::string_view kColumnsAfterId = R"sql(,
           c.user_ref, c.data_key_id, c.toolkit, c.auth_config_id, c.scheme, c.alias_ref, c.status,
           c.status_reason, c.created_at_ms, c.updated_at_ms, c.connected_at_ms, c.expires_at_ms,
           c.next_refresh_at_ms, c.refresh_state, c.failures, c.generation, c.intent_id, c.intent_attempt,
           c.intent_sent_at_ms, c.deleted_at_ms, c.rowid, c.credential_sealed, c.account_sealed
      FROM connection AS c )sql";

[[noreturn]] void throw_tampered(const ConnectionRow& row) {
  throw Error(ErrorCode::TamperedRow, "connection " + row.value.id.str() + " fails authentication",
              "the vault file was changed from outside or is damaged; restore it from a backup, or delete "
              "the account");
}

std::uint32_t key_id_of(std::int64_t stored, const ConnectionRow& row) {
  const auto id = static_cast<std::uint32_t>(stored);
  if (id != stored) throw_tampered(row);
  return id;
}

template <class Part>
std::optional<Part> part_of(const std::optional<RefreshIntent>& intent, Part RefreshIntent::*part) {
  return intent ? std::optional<Part>((*intent).*part) : std::nullopt;
}

// All clear columns in the order of the table.
void describe(const ConnectionRow& row, RowMessage& out) {
  const Connection& value = row.value;
  out.text(value.id.str()).text(row.user_ref).number(row.key.id).text(value.toolkit);
  out.text(value.auth_config.str()).text(to_string(value.scheme)).optional_text(row.alias_ref);
  out.text(to_string(value.status)).text(value.status_reason);
  out.time(value.created_at).time(value.updated_at).time(value.connected_at);
  out.time(value.expires_at).time(value.next_refresh_at);
  out.text(to_string(value.refresh_state)).number(value.failures).number(value.generation);
  out.optional_text(part_of(row.intent, &RefreshIntent::id));
  out.number(part_of(row.intent, &RefreshIntent::attempt));
  out.time(part_of(row.intent, &RefreshIntent::sent_at)).time(row.deleted_at);
  out.sealed(row.credential);
}

Binding credential_binding(const ConnectionRow& row, const Keyring& keys) {
  const Connection& value = row.value;
  return {keys.vault_uuid(),       kTable,       value.id.str(),  row.user_ref, value.toolkit,
          value.auth_config.str(), "credential", value.generation};
}

RefreshState stored_state(std::string_view text, const ConnectionRow& row) {
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
  row.key.id = key_id_of(query.number(), row);
  value.toolkit = query.text();
  value.auth_config = AuthConfigId(query.text());
  const auto scheme = parse_auth_scheme(query.view());
  row.alias_ref = query.optional_text();
  const auto status = parse_connection_status(query.view());
  if (!scheme || !status) throw_tampered(row);
  value.scheme = *scheme;
  value.status = *status;
  value.status_reason = query.text();
  value.created_at = query.time();
  value.updated_at = query.time();
  value.connected_at = query.optional_time();
  value.expires_at = query.optional_time();
  value.next_refresh_at = query.optional_time();
  value.refresh_state = stored_state(query.view(), row);
  value.failures = query.number();
  value.generation = query.number();
  row.intent = read_intent(query, row);
  row.deleted_at = query.optional_time();
  row.rowid = query.number();
}

Plaintext encode_account(const ConnectionRow& row) {
  const Connection& value = row.value;
  RecordWriter out(kAccountVersion);
  out.key(row.key.key).text(value.user.str()).text(value.alias).list(value.scopes);
  out.text(value.identity).map(value.fields).text(value.redacted_credential);
  return out.finish();
}

void decode_account(const Plaintext& record, ConnectionRow& row) {
  Connection& value = row.value;
  RecordReader in(record, kAccountVersion);
  row.key.key = in.key();
  value.user = UserId(in.text());
  value.alias = in.text();
  value.scopes = in.list();
  value.identity = in.text();
  value.fields = in.map();
  value.redacted_credential = in.text();
}

Envelope seal_account(const ConnectionRow& row, WriteTransaction& tx) {
  RowMessage message(tx.keys(), kTable);
  describe(row, message);
  return seal(tx.keys().account_key(), message.bytes(), encode_account(row), tx.random());
}

// Which columns an UPDATE sets; what is in no index is always set.
struct Touched {
  bool all = false;
  bool next_refresh = false;
  bool intent = false;

  constexpr std::size_t index() const { return all ? 4U : (next_refresh ? 1U : 0U) + (intent ? 2U : 0U); }
};
constexpr std::size_t kVariants = 5;
constexpr Touched kAllTouched = {true, true, true};

constexpr Touched touched_at(std::size_t index) {
  if (index == kAllTouched.index()) return kAllTouched;
  return {false, (index & 1) != 0, (index & 2) != 0};
}

// Ends with WHERE.
std::string build_update(const Touched& touched) {
  std::string sql = "UPDATE connection SET ";
  if (touched.all) {
    sql +=
        "user_ref = ?, data_key_id = ?, toolkit = ?, auth_config_id = ?, scheme = ?, status = ?, "
        "created_at_ms = ?, deleted_at_ms = ?, ";
  }
  if (touched.next_refresh) sql += "next_refresh_at_ms = ?, ";
  if (touched.intent) sql += "intent_id = ?, ";
  return sql + R"sql(
           alias_ref = ?, status_reason = ?, updated_at_ms = ?, connected_at_ms = ?, expires_at_ms = ?,
           refresh_state = ?, failures = ?, generation = ?, intent_attempt = ?, intent_sent_at_ms = ?,
           credential_sealed = ?, account_sealed = ?
     WHERE )sql";
}

std::array<std::string, kVariants> build_updates() {
  std::array<std::string, kVariants> updates;
  for (std::size_t i = 0; i < kVariants; ++i) updates[i] = build_update(touched_at(i)) + "rowid = ?";
  return updates;
}

const std::array<std::string, kVariants> kUpdates = build_updates();
const std::string kReplace = build_update(kAllTouched) + "id = ?";

// In the order of build_update().
void bind_values(SqlQuery& query, const ConnectionRow& row, const Touched& touched, const Envelope& account) {
  const Connection& value = row.value;
  if (touched.all) {
    query.kept_text(row.user_ref).number(row.key.id).kept_text(value.toolkit);
    query.kept_text(value.auth_config.str()).kept_text(to_string(value.scheme));
    query.kept_text(to_string(value.status)).time(value.created_at).time(row.deleted_at);
  }
  if (touched.next_refresh) query.time(value.next_refresh_at);
  if (touched.intent) query.optional_text(part_of(row.intent, &RefreshIntent::id));
  query.optional_text(row.alias_ref).kept_text(value.status_reason).time(value.updated_at);
  query.time(value.connected_at).time(value.expires_at).kept_text(to_string(value.refresh_state));
  query.number(value.failures).number(value.generation);
  query.number(part_of(row.intent, &RefreshIntent::attempt))
      .time(part_of(row.intent, &RefreshIntent::sent_at));
  query.kept_blob(row.credential).kept_blob(account);
}

}  // namespace

std::string select(const char* rest) {
  return "SELECT c.id" + std::string(kColumnsAfterId) + rest;
}

std::string select_one(const char* rest) {
  return "SELECT ?1" + std::string(kColumnsAfterId) + "WHERE c.id = ?1 " + rest;
}

ConnectionRow read(SqlQuery& query, const Keyring& keys) {
  ConnectionRow row;
  read_clear(query, row);
  row.credential = query.blob();
  RowMessage message(keys, kTable);
  describe(row, message);
  const std::optional<Plaintext> account = open(keys.account_key(), message.bytes(), query.blob());
  if (!account) throw_tampered(row);
  decode_account(*account, row);
  if (row.intent) row.value.refresh_state = RefreshState::Sent;
  return row;
}

Credential open_credential(const ConnectionRow& row, const Keyring& keys) {
  if (row.credential.empty()) return std::monostate();
  return decode_credential(open(row.key.numbered(), credential_binding(row, keys), row.credential));
}

Envelope seal_credential(const ConnectionRow& row, const Credential& credential, WriteTransaction& tx) {
  return seal(row.key.numbered(), credential_binding(row, tx.keys()), encode_credential(credential),
              tx.random());
}

Indexed indexed(const ConnectionRow& row) {
  return {row.value.status,
          row.value.toolkit,
          row.value.auth_config,
          row.value.next_refresh_at,
          row.intent ? row.intent->id : std::string(),
          row.deleted_at.has_value()};
}

void insert(WriteTransaction& tx, const ConnectionRow& row) {
  const Envelope account = seal_account(row, tx);
  SqlQuery query(tx, R"sql(
    INSERT INTO connection (
      user_ref, data_key_id, toolkit, auth_config_id, scheme, status, created_at_ms, deleted_at_ms,
      next_refresh_at_ms, intent_id, alias_ref, status_reason, updated_at_ms, connected_at_ms, expires_at_ms,
      refresh_state, failures, generation, intent_attempt, intent_sent_at_ms, credential_sealed, account_sealed,
      id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql");
  bind_values(query, row, kAllTouched, account);
  query.kept_text(row.value.id.str()).run();
}

void update(WriteTransaction& tx, const Indexed& before, const ConnectionRow& row) {
  const Indexed after = indexed(row);
  Touched touched;
  touched.all = before.status != after.status || before.toolkit != after.toolkit ||
                before.auth_config != after.auth_config || before.is_deleted != after.is_deleted;
  touched.next_refresh = touched.all || before.next_refresh_at != after.next_refresh_at;
  touched.intent = touched.all || before.intent_id != after.intent_id;
  const Envelope account = seal_account(row, tx);
  SqlQuery query(tx, kUpdates[touched.index()]);
  bind_values(query, row, touched, account);
  query.number(row.rowid).run();
}

void replace(WriteTransaction& tx, const ConnectionRow& row) {
  const Envelope account = seal_account(row, tx);
  SqlQuery query(tx, kReplace);
  bind_values(query, row, kAllTouched, account);
  query.kept_text(row.value.id.str()).run();
}

}  // namespace coffer::connection_row
