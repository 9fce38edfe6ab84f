#include "vault/store/auth_config_store.h"

#include <utility>

#include "vault/base/error.h"
#include "vault/crypto/row_message.h"
#include "vault/store/data_keys.h"
#include "vault/store/integrity.h"
#include "vault/store/json_list.h"
#include "vault/store/record_codec.h"
#include "vault/store/row_guard.h"
#include "vault/store/sql_query.h"

namespace coffer::auth_config_store {
namespace {

constexpr std::string_view kTable = "auth_config";
constexpr std::uint8_t kDetailsVersion = 1;
constexpr std::uint8_t kSecretVersion = 1;

// Views as in ConnectionRow.
struct Row {
  AuthConfig value;
  std::int64_t data_key_id = 0;
  std::int64_t generation = 0;  // of the client secret
  std::optional<Timestamp> deleted_at;
  Bytes details;
  Bytes secret;
  Bytes wrapped_key;
};

std::string select(const char* rest) {
  return std::string(R"sql(
    SELECT a.id, a.data_key_id, a.toolkit, a.name, a.scheme, a.is_managed, a.is_enabled, a.blocked_until_ms,
           a.generation, a.created_at_ms, a.updated_at_ms, a.deleted_at_ms, a.details_sealed, a.secret_sealed,
           a.mac, k.wrapped
      FROM auth_config AS a LEFT JOIN data_key AS k ON k.id = a.data_key_id )sql") +
         rest;
}

const std::string kFind = select("WHERE a.id = ? AND a.deleted_at_ms IS NULL");
const std::string kFindManaged =
    select("WHERE a.toolkit = ? AND a.is_managed = 1 AND a.deleted_at_ms IS NULL");
const std::string kAll = select("ORDER BY a.rowid");

constexpr const char* kConditions = R"sql(
     WHERE a.deleted_at_ms IS NULL
       AND (?1 IS NULL OR a.id IN (SELECT value FROM json_each(?1)))
       AND (?2 IS NULL OR a.toolkit IN (SELECT value FROM json_each(?2)))
       AND (?3 IS NULL OR a.is_managed = ?3)
       AND (?4 = 1 OR a.is_enabled = 1)
       AND (?5 = '' OR instr(lower(a.name), lower(?5)) > 0 OR instr(lower(a.id), lower(?5)) > 0)
)sql";
const std::string kList =
    select((std::string(kConditions) + "ORDER BY a.rowid DESC LIMIT ?6 OFFSET ?7").c_str());
const std::string kCount = std::string("SELECT count(*) FROM auth_config AS a") + kConditions;

Mac mac_of(const Row& row, const Keyring& keys) {
  const AuthConfig& value = row.value;
  RowMessage message(keys, kTable);
  message.text(value.id.str()).number(row.data_key_id).text(value.toolkit).text(value.name);
  message.text(to_string(value.scheme))
      .number(value.is_managed)
      .number(value.is_enabled)
      .time(value.blocked_until);
  message.number(row.generation).time(value.created_at).time(value.updated_at).time(row.deleted_at);
  message.sealed(row.details).sealed(row.secret);
  return message.mac();
}

[[noreturn]] void throw_tampered(const Row& row) {
  throw Error(ErrorCode::TamperedRow, "auth config " + row.value.id.str() + " fails authentication",
              "the vault file was changed from outside or is damaged; restore it from a backup");
}

void read_clear(SqlQuery& query, Row& row) {
  AuthConfig& value = row.value;
  value.id = AuthConfigId(query.text());
  row.data_key_id = query.number();
  value.toolkit = query.text();
  value.name = query.text();
  const auto scheme = parse_auth_scheme(query.text());
  if (!scheme) throw_tampered(row);
  value.scheme = *scheme;
  value.is_managed = query.flag();
  value.is_enabled = query.flag();
  value.blocked_until = query.optional_time();
  row.generation = query.number();
  value.created_at = query.time();
  value.updated_at = query.time();
  row.deleted_at = query.optional_time();
}

Row read(SqlQuery& query, const Keyring& keys) {
  Row row;
  read_clear(query, row);
  row.details = query.blob();
  row.secret = query.blob();
  const Bytes mac = query.blob();
  row.wrapped_key = query.blob();
  if (!constant_time_equal(mac_of(row, keys), mac)) throw_tampered(row);
  return row;
}

DataKey key_of(const Row& row, const Keyring& keys) {
  return data_keys::from_row(keys, row.data_key_id, row.wrapped_key, data_keys::auth_config(row.value.id));
}

Binding binding_of(const Row& row, const Keyring& keys, std::string_view field) {
  const AuthConfig& value = row.value;
  return {keys.vault_uuid(), kTable,         value.id.str(), {},
          value.toolkit,     value.id.str(), field,          row.generation};
}

void open_details(Row& row, const Keyring& keys, const DataKey& key) {
  const Plaintext record = open(key.numbered(), binding_of(row, keys, "details"), row.details);
  RecordReader in(record, kDetailsVersion);
  row.value.scopes = in.list();
  row.value.client_id = in.text();
}

Secret open_secret(const Row& row, const Keyring& keys, const DataKey& key) {
  if (row.secret.empty()) return {};
  const Plaintext record = open(key.numbered(), binding_of(row, keys, "secret"), row.secret);
  return RecordReader(record, kSecretVersion).secret();
}

Row read_whole(SqlQuery& query, const Keyring& keys) {
  Row row = read(query, keys);
  open_details(row, keys, key_of(row, keys));
  return row;
}

Envelope sealed_details(const Row& row, const DataKey& key, WriteTransaction& tx) {
  RecordWriter out(kDetailsVersion);
  out.list(row.value.scopes).text(row.value.client_id);
  return seal(key.numbered(), binding_of(row, tx.keys(), "details"), out.finish(), tx.random());
}

Envelope sealed_secret(const Row& row, const Secret& secret, const DataKey& key, WriteTransaction& tx) {
  RecordWriter out(kSecretVersion);
  out.secret(secret);
  return seal(key.numbered(), binding_of(row, tx.keys(), "secret"), out.finish(), tx.random());
}

void bind_all(SqlQuery& query, const Row& row, const Keyring& keys) {
  const AuthConfig& value = row.value;
  query.number(row.data_key_id).text(value.toolkit).text(value.name).text(to_string(value.scheme));
  query.number(value.is_managed).number(value.is_enabled).time(value.blocked_until).number(row.generation);
  query.time(value.created_at).time(value.updated_at).time(row.deleted_at);
  query.blob(row.details).blob(row.secret).blob(mac_of(row, keys));
}

void write(WriteTransaction& tx, const Row& row) {
  SqlQuery query(tx, R"sql(
    UPDATE auth_config
       SET data_key_id = ?, toolkit = ?, name = ?, scheme = ?, is_managed = ?, is_enabled = ?,
           blocked_until_ms = ?, generation = ?, created_at_ms = ?, updated_at_ms = ?, deleted_at_ms = ?,
           details_sealed = ?, secret_sealed = ?, mac = ?
     WHERE id = ?)sql");
  bind_all(query, row, tx.keys());
  query.text(row.value.id.str()).run();
}

// What update() may not change.
AuthConfig merged(const AuthConfig& stored, const AuthConfig& wanted) {
  AuthConfig value = wanted;
  value.toolkit = stored.toolkit;
  value.scheme = stored.scheme;
  value.created_at = stored.created_at;
  return value;
}

}  // namespace

void insert(WriteTransaction& tx, const AuthConfig& config, const Secret& client_secret) {
  Row row;
  row.value = config;
  const DataKey key = data_keys::get_or_make(tx, data_keys::auth_config(config.id));
  row.data_key_id = key.id;
  const Envelope details = sealed_details(row, key, tx);
  Envelope secret;
  if (!client_secret.empty()) secret = sealed_secret(row, client_secret, key, tx);
  row.details = details;
  row.secret = secret;
  SqlQuery query(tx, "INSERT INTO auth_config VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  query.text(config.id.str());
  bind_all(query, row, tx.keys());
  query.run();
}

bool update(WriteTransaction& tx, const AuthConfig& config) {
  SqlQuery query(tx, kFind);
  if (!query.text(config.id.str()).step()) return false;
  Row row = read(query, tx.keys());
  row.value = merged(row.value, config);
  const Envelope details = sealed_details(row, key_of(row, tx.keys()), tx);
  row.details = details;
  write(tx, row);
  return true;
}

bool replace_client(WriteTransaction& tx, const AuthConfigId& id, const ClientCredentials& client) {
  SqlQuery query(tx, kFind);
  if (!query.text(id.str()).step()) return false;
  Row row = read_whole(query, tx.keys());
  row.value.client_id = client.client_id;
  ++row.generation;
  const DataKey key = key_of(row, tx.keys());
  const Envelope details = sealed_details(row, key, tx);
  Envelope secret;
  if (!client.client_secret.empty()) secret = sealed_secret(row, client.client_secret, key, tx);
  row.details = details;
  row.secret = secret;
  write(tx, row);
  return true;
}

bool remove(WriteTransaction& tx, const AuthConfigId& id, Timestamp now) {
  SqlQuery query(tx, kFind);
  if (!query.text(id.str()).step()) return false;
  Row row;
  row.value.id = id;
  row.value.created_at = now;
  static_cast<void>(is_sound([&] { row = read(query, tx.keys()); }));  // of an edited one the id stays
  row.details = row.secret = {};
  row.deleted_at = row.value.updated_at = now;
  ++row.generation;
  write(tx, row);
  data_keys::destroy(tx, data_keys::auth_config(id));
  return true;
}

std::optional<AuthConfig> find(Transaction& tx, const AuthConfigId& id) {
  SqlQuery query(tx, kFind);
  if (!query.text(id.str()).step()) return std::nullopt;
  return read_whole(query, tx.keys()).value;
}

std::optional<AuthConfig> find_managed(Transaction& tx, const std::string& toolkit) {
  SqlQuery query(tx, kFindManaged);
  if (!query.text(toolkit).step()) return std::nullopt;
  return read_whole(query, tx.keys()).value;
}

Page<AuthConfig> list(Transaction& tx, const Query& query) {
  const auto bind = [&](SqlQuery& sql) {
    sql.optional_text(json_list_of_ids(query.ids)).optional_text(json_list(query.toolkits));
    sql.number(query.is_managed ? std::optional<std::int64_t>(*query.is_managed) : std::nullopt);
    sql.number(query.include_disabled).text(query.search);
  };
  Page<AuthConfig> page;
  SqlQuery count(tx, kCount);
  bind(count);
  count.step();
  page.total = count.number();
  SqlQuery rows(tx, kList);
  bind(rows);
  rows.number(query.page.limit).number(query.page.offset);
  while (rows.step()) {
    unless_tampered(tx, [&] { page.items.push_back(read_whole(rows, tx.keys()).value); });
  }
  return page;
}

ClientCredentials open_client(Transaction& tx, const AuthConfigId& id) {
  SqlQuery query(tx, kFind);
  if (!query.text(id.str()).step()) throw Error(ErrorCode::NotFound, "there is no auth config " + id.str());
  Row row = read(query, tx.keys());
  const DataKey key = key_of(row, tx.keys());
  open_details(row, tx.keys(), key);
  return {row.value.client_id, open_secret(row, tx.keys(), key)};
}

}  // namespace coffer::auth_config_store

namespace coffer::integrity {

void check_auth_configs(Transaction& tx, Faults& faults) {
  using namespace auth_config_store;
  SqlQuery rows(tx, kAll);
  while (rows.step()) {
    note(faults, [&] {
      Row row = read(rows, tx.keys());
      if (row.deleted_at) return;
      const DataKey key = key_of(row, tx.keys());
      open_details(row, tx.keys(), key);
      open_secret(row, tx.keys(), key);
    });
  }
}

}  // namespace coffer::integrity
