#include "vault/store/link_row.h"

#include <algorithm>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/crypto/row_message.h"
#include "vault/store/record_codec.h"

namespace coffer::link_row {
namespace {

using link_store::Link;
using link_store::State;

constexpr std::string_view kTable = "link";
constexpr std::uint8_t kDetailsVersion = 1;
constexpr std::uint8_t kVerifierVersion = 1;
constexpr std::array kStates = {State::Fresh, State::Begun, State::Completed, State::Failed, State::Expired};

std::string_view to_string(State state) {
  switch (state) {
    case State::Fresh:
      return "FRESH";
    case State::Begun:
      return "BEGUN";
    case State::Completed:
      return "COMPLETED";
    case State::Failed:
      return "FAILED";
    case State::Expired:
      return "EXPIRED";
  }
  return "EXPIRED";
}

[[noreturn]] void throw_tampered(const LinkRow& row) {
  throw Error(ErrorCode::TamperedRow,
              "a link of connection " + row.value.connection.str() + " fails authentication",
              "make a new link for the connection");
}

State parse_state(const std::string& text, const LinkRow& row) {
  const auto found =
      std::find_if(kStates.begin(), kStates.end(), [&](State state) { return to_string(state) == text; });
  if (found == kStates.end()) throw_tampered(row);
  return *found;
}

Mac mac_of(const LinkRow& row, const Keyring& keys) {
  const Link& value = row.value;
  RowMessage message(keys, kTable);
  message.blob(row.token_hash).text(value.connection.str()).text(row.user_ref).number(row.data_key_id);
  message.text(value.auth_config.str()).text(value.toolkit).text(to_string(value.state));
  message.time(value.created_at).time(value.expires_at).number(value.expected_generation);
  message.blob(row.state_hash).blob(row.browser_hash).sealed(row.details).sealed(row.verifier);
  return message.mac();
}

// The row's name among the bound data: its hash in hex.
std::string row_id_of(const LinkRow& row) {
  return to_hex(row.token_hash);
}

void read_clear(SqlQuery& query, LinkRow& row) {
  Link& value = row.value;
  const Bytes token_hash = query.blob();
  if (token_hash.size() != row.token_hash.size()) throw_tampered(row);
  std::copy(token_hash.begin(), token_hash.end(), row.token_hash.begin());
  value.id = row_id_of(row);
  value.connection = ConnectionId(query.text());
  row.user_ref = query.text();
  row.data_key_id = query.number();
  value.auth_config = AuthConfigId(query.text());
  value.toolkit = query.text();
  value.state = parse_state(query.text(), row);
  value.created_at = query.time();
  value.expires_at = query.time();
  value.expected_generation = query.number();
  row.state_hash = query.copied_blob();
  row.browser_hash = query.copied_blob();
}

Binding binding_of(const LinkRow& row, const Keyring& keys, std::string_view row_id, std::string_view field) {
  const Link& value = row.value;
  return {keys.vault_uuid(), kTable, row_id, row.user_ref, value.toolkit, value.auth_config.str(), field, 0};
}

void open_details(LinkRow& row, const Keyring& keys, const DataKey& key) {
  Link& value = row.value;
  const std::string row_id = row_id_of(row);
  const Plaintext record = open(key.numbered(), binding_of(row, keys, row_id, "details"), row.details);
  RecordReader in(record, kDetailsVersion);
  value.user = UserId(in.text());
  value.callback_url = in.text();
  value.alias = in.text();
  value.fields = in.map();
  value.token_url = in.text();
  value.issuer = in.text();
  value.client_id = in.text();
  value.redirect_uri = in.text();
  value.scopes = in.list();
}

void open_verifier(LinkRow& row, const Keyring& keys, const DataKey& key) {
  if (row.verifier.empty()) return;
  const std::string row_id = row_id_of(row);
  const Plaintext record = open(key.numbered(), binding_of(row, keys, row_id, "verifier"), row.verifier);
  row.value.code_verifier = RecordReader(record, kVerifierVersion).secret();
}

Plaintext encode_details(const Link& value) {
  RecordWriter out(kDetailsVersion);
  out.text(value.user.str()).text(value.callback_url).text(value.alias).map(value.fields);
  out.text(value.token_url).text(value.issuer).text(value.client_id).text(value.redirect_uri);
  out.list(value.scopes);
  return out.finish();
}

void bind_all(SqlQuery& query, const LinkRow& row, const Keyring& keys) {
  const Link& value = row.value;
  query.text(value.connection.str()).text(row.user_ref).number(row.data_key_id).text(value.auth_config.str());
  query.text(value.toolkit).text(to_string(value.state)).time(value.created_at).time(value.expires_at);
  query.number(value.expected_generation).blob(row.state_hash).blob(row.browser_hash);
  query.blob(row.details).blob(row.verifier).blob(mac_of(row, keys));
}

}  // namespace

std::string select(const char* rest) {
  return std::string(R"sql(
    SELECT l.token_hash, l.connection_id, l.user_ref, l.data_key_id, l.auth_config_id, l.toolkit, l.state,
           l.created_at_ms, l.expires_at_ms, l.expected_generation, l.state_hash, l.browser_hash,
           l.details_sealed, l.verifier_sealed, l.mac, k.wrapped
      FROM link AS l LEFT JOIN data_key AS k ON k.id = l.data_key_id )sql") +
         rest;
}

LinkRow read(SqlQuery& query, const Keyring& keys) {
  LinkRow row;
  read_clear(query, row);
  row.details = query.blob();
  row.verifier = query.blob();
  const Bytes mac = query.blob();
  row.wrapped_key = query.blob();
  if (!constant_time_equal(mac_of(row, keys), mac)) throw_tampered(row);
  return row;
}

LinkRow read_whole(SqlQuery& query, const Keyring& keys) {
  LinkRow row = read(query, keys);
  const DataKey key = key_of(row, keys);
  open_details(row, keys, key);
  open_verifier(row, keys, key);
  return row;
}

DataKey key_of(const LinkRow& row, const Keyring& keys) {
  return data_keys::from_row(keys, row.data_key_id, row.wrapped_key, data_keys::user(row.user_ref));
}

void seal_all(LinkRow& row, const DataKey& key, WriteTransaction& tx, Sealed& out) {
  const std::string row_id = row_id_of(row);
  out.details = seal(key.numbered(), binding_of(row, tx.keys(), row_id, "details"), encode_details(row.value),
                     tx.random());
  row.details = out.details;
  row.verifier = {};
  if (row.value.code_verifier.empty()) return;
  RecordWriter verifier(kVerifierVersion);
  verifier.secret(row.value.code_verifier);
  out.verifier =
      seal(key.numbered(), binding_of(row, tx.keys(), row_id, "verifier"), verifier.finish(), tx.random());
  row.verifier = out.verifier;
}

void insert(WriteTransaction& tx, const LinkRow& row) {
  SqlQuery query(tx, "INSERT INTO link VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  query.blob(row.token_hash);
  bind_all(query, row, tx.keys());
  query.run();
}

void update(WriteTransaction& tx, const LinkRow& row) {
  SqlQuery query(tx, R"sql(
    UPDATE link
       SET connection_id = ?, user_ref = ?, data_key_id = ?, auth_config_id = ?, toolkit = ?, state = ?,
           created_at_ms = ?, expires_at_ms = ?, expected_generation = ?, state_hash = ?, browser_hash = ?,
           details_sealed = ?, verifier_sealed = ?, mac = ?
     WHERE token_hash = ?)sql");
  bind_all(query, row, tx.keys());
  query.blob(row.token_hash).run();
}

void copy(const Link& from, Link& to) {
  to.connection = from.connection;
  to.user = from.user;
  to.auth_config = from.auth_config;
  to.toolkit = from.toolkit;
  to.callback_url = from.callback_url;
  to.alias = from.alias;
  to.fields = from.fields;
  to.state = from.state;
  to.created_at = from.created_at;
  to.expires_at = from.expires_at;
  to.expected_generation = from.expected_generation;
  to.token_url = from.token_url;
  to.issuer = from.issuer;
  to.client_id = from.client_id;
  to.redirect_uri = from.redirect_uri;
  to.scopes = from.scopes;
  to.code_verifier = from.code_verifier.clone();
}

}  // namespace coffer::link_row
