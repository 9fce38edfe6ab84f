#include "vault/store/auth_config_store.h"

#include <functional>
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
// The second version of each has more at its end, and is written where there is more.
constexpr std::uint8_t kFirstVersion = 1;
constexpr std::uint8_t kSecondVersion = 2;

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
  RecordReader in(record, kFirstVersion, kSecondVersion);
  row.value.scopes = in.list();
  row.value.client_id = in.text();
  if (in.version() < kSecondVersion) return;
  row.value.tools_for_execution = in.list();
  row.value.tools_for_creation = in.list();
  row.value.shared_fields = in.list();
}

struct Secrets {
  Secret client;
  SharedCredentials shared;
};

Secrets open_secrets(const Row& row, const Keyring& keys, const DataKey& key) {
  Secrets secrets;
  if (row.secret.empty()) return secrets;
  const Plaintext record = open(key.numbered(), binding_of(row, keys, "secret"), row.secret);
  RecordReader in(record, kFirstVersion, kSecondVersion);
  secrets.client = in.secret();
  if (in.version() == kSecondVersion) secrets.shared = in.secrets();
  return secrets;
}

Row read_whole(SqlQuery& query, const Keyring& keys) {
  Row row = read(query, keys);
  open_details(row, keys, key_of(row, keys));
  return row;
}

Envelope sealed_details(const Row& row, const DataKey& key, WriteTransaction& tx) {
  const AuthConfig& value = row.value;
  const bool has_more =
      !value.tools_for_execution.empty() || !value.tools_for_creation.empty() || !value.shared_fields.empty();
  RecordWriter out(has_more ? kSecondVersion : kFirstVersion);
  out.list(value.scopes).text(value.client_id);
  if (has_more) {
    out.list(value.tools_for_execution).list(value.tools_for_creation).list(value.shared_fields);
  }
  return seal(key.numbered(), binding_of(row, tx.keys(), "details"), out.finish(), tx.random());
}

// Empty: there is nothing to seal.
Envelope sealed_secrets(const Row& row, const Secrets& secrets, const DataKey& key, WriteTransaction& tx) {
  if (secrets.client.empty() && secrets.shared.empty()) return {};
  RecordWriter out(secrets.shared.empty() ? kFirstVersion : kSecondVersion);
  out.secret(secrets.client);
  if (!secrets.shared.empty()) out.secrets(secrets.shared);
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
  value.shared_fields = stored.shared_fields;
  return value;
}

}  // namespace

void insert(WriteTransaction& tx, const AuthConfig& config, const Secret& client_secret) {
  Row row;
  row.value = config;
  const DataKey key = data_keys::get_or_make(tx, data_keys::auth_config(config.id));
  row.data_key_id = key.id;
  const Envelope details = sealed_details(row, key, tx);
  const Envelope secret = sealed_secrets(row, {client_secret.clone(), {}}, key, tx);
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
  Row row = read_whole(query, tx.keys());
  row.value = merged(row.value, config);
  const Envelope details = sealed_details(row, key_of(row, tx.keys()), tx);
  row.details = details;
  write(tx, row);
  return true;
}

namespace {

// `change` gets the row and its secrets; what it makes of them is sealed anew.
bool reseal(WriteTransaction& tx, const AuthConfigId& id,
            const std::function<void(AuthConfig&, Secrets&)>& change) {
  SqlQuery query(tx, kFind);
  if (!query.text(id.str()).step()) return false;
  Row row = read_whole(query, tx.keys());
  const DataKey key = key_of(row, tx.keys());
  Secrets secrets = open_secrets(row, tx.keys(), key);
  change(row.value, secrets);
  ++row.generation;
  const Envelope details = sealed_details(row, key, tx);
  const Envelope secret = sealed_secrets(row, secrets, key, tx);
  row.details = details;
  row.secret = secret;
  write(tx, row);
  return true;
}

}  // namespace

bool replace_client(WriteTransaction& tx, const AuthConfigId& id, const ClientCredentials& client) {
  return reseal(tx, id, [&](AuthConfig& config, Secrets& secrets) {
    config.client_id = client.client_id;
    secrets.client = client.client_secret.clone();
  });
}

bool replace_shared_credentials(WriteTransaction& tx, const AuthConfigId& id, SharedCredentials shared) {
  return reseal(tx, id, [&](AuthConfig& config, Secrets& secrets) {
    config.shared_fields.clear();
    for (const auto& [name, secret] : shared) config.shared_fields.push_back(name);
    secrets.shared = std::move(shared);
  });
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

namespace {

std::pair<AuthConfig, Secrets> open_whole(Transaction& tx, const AuthConfigId& id) {
  SqlQuery query(tx, kFind);
  if (!query.text(id.str()).step()) throw Error(ErrorCode::NotFound, "there is no auth config " + id.str());
  Row row = read(query, tx.keys());
  const DataKey key = key_of(row, tx.keys());
  open_details(row, tx.keys(), key);
  Secrets secrets = open_secrets(row, tx.keys(), key);
  return {std::move(row.value), std::move(secrets)};
}

}  // namespace

ClientCredentials open_client(Transaction& tx, const AuthConfigId& id) {
  auto [config, secrets] = open_whole(tx, id);
  return {config.client_id, std::move(secrets.client)};
}

SharedCredentials open_shared_credentials(Transaction& tx, const AuthConfigId& id) {
  return std::move(open_whole(tx, id).second.shared);
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
      open_secrets(row, tx.keys(), key);
    });
  }
}

}  // namespace coffer::integrity
