#include "vault/store/session_store.h"

#include "vault/base/error.h"
#include "vault/crypto/row_message.h"
#include "vault/store/data_keys.h"
#include "vault/store/integrity.h"
#include "vault/store/record_codec.h"
#include "vault/store/sql_query.h"

namespace coffer::session_store {
namespace {

constexpr std::string_view kTable = "session";
constexpr std::uint8_t kDetailsVersion = 1;

struct Row {
  Session value;
  std::string user_ref;
  std::int64_t data_key_id = 0;
  Bytes details;
  Bytes wrapped_key;
};

std::string select(const char* rest) {
  return std::string(R"sql(
    SELECT s.id, s.user_ref, s.data_key_id, s.config_version, s.created_at_ms, s.details_sealed, s.mac, k.wrapped
      FROM session AS s LEFT JOIN data_key AS k ON k.id = s.data_key_id )sql") +
         rest;
}

const std::string kFind = select("WHERE s.id = ?");
const std::string kAll = select("ORDER BY s.rowid");

Mac mac_of(const Row& row, const Keyring& keys) {
  RowMessage message(keys, kTable);
  message.text(row.value.id.str())
      .text(row.user_ref)
      .number(row.data_key_id)
      .number(row.value.config_version);
  message.time(row.value.created_at).sealed(row.details);
  return message.mac();
}

Binding binding_of(const Row& row, const Keyring& keys) {
  return {keys.vault_uuid(),       kTable, row.value.id.str(), row.user_ref, {}, {}, "details",
          row.value.config_version};
}

DataKey key_of(const Row& row, const Keyring& keys) {
  return data_keys::from_row(keys, row.data_key_id, row.wrapped_key, data_keys::user(row.user_ref));
}

// Lists of ids by toolkit: a count, then each toolkit with its list.
void write_accounts(RecordWriter& out, const std::map<std::string, std::vector<ConnectionId>>& accounts) {
  out.number(std::ssize(accounts));
  for (const auto& [toolkit, ids] : accounts) {
    std::vector<std::string> texts;
    for (const ConnectionId& id : ids) texts.push_back(id.str());
    out.text(toolkit).list(texts);
  }
}

std::map<std::string, std::vector<ConnectionId>> read_accounts(RecordReader& in) {
  std::map<std::string, std::vector<ConnectionId>> accounts;
  for (std::int64_t count = in.number(); count > 0; --count) {
    std::vector<ConnectionId>& ids = accounts[in.text()];
    for (std::string& id : in.list()) ids.emplace_back(std::move(id));
  }
  return accounts;
}

Plaintext encode(const Session& session) {
  const SessionConfig& config = session.config;
  std::map<std::string, std::string> auth_configs;
  for (const auto& [toolkit, id] : config.auth_configs) auth_configs.emplace(toolkit, id.str());
  RecordWriter out(kDetailsVersion);
  out.text(session.user.str()).list(config.toolkits_enabled).list(config.toolkits_disabled).map(auth_configs);
  write_accounts(out, config.connected_accounts);
  out.byte(config.manage_connections ? 1 : 0).text(config.callback_url).text(config.extra_json);
  return out.finish();
}

void decode(const Plaintext& record, Session& session) {
  SessionConfig& config = session.config;
  RecordReader in(record, kDetailsVersion);
  session.user = UserId(in.text());
  config.toolkits_enabled = in.list();
  config.toolkits_disabled = in.list();
  for (auto& [toolkit, id] : in.map()) config.auth_configs.emplace(toolkit, AuthConfigId(id));
  config.connected_accounts = read_accounts(in);
  config.manage_connections = in.byte() != 0;
  config.callback_url = in.text();
  config.extra_json = in.text();
}

Row read(SqlQuery& query, const Keyring& keys) {
  Row row;
  row.value.id = SessionId(query.text());
  row.user_ref = query.text();
  row.data_key_id = query.number();
  row.value.config_version = query.number();
  row.value.created_at = query.time();
  row.details = query.blob();
  const Bytes mac = query.blob();
  row.wrapped_key = query.blob();
  if (!constant_time_equal(mac_of(row, keys), mac)) {
    throw Error(ErrorCode::TamperedRow, "session " + row.value.id.str() + " fails authentication",
                "create a new session");
  }
  return row;
}

Session read_whole(SqlQuery& query, const Keyring& keys) {
  Row row = read(query, keys);
  decode(open(key_of(row, keys).numbered(), binding_of(row, keys), row.details), row.value);
  return std::move(row.value);
}

Envelope sealed_details(const Row& row, const DataKey& key, WriteTransaction& tx) {
  return seal(key.numbered(), binding_of(row, tx.keys()), encode(row.value), tx.random());
}

void write(WriteTransaction& tx, const Row& row) {
  SqlQuery(tx, R"sql(
    INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE
       SET config_version = excluded.config_version, details_sealed = excluded.details_sealed, mac = excluded.mac
  )sql")
      .text(row.value.id.str())
      .text(row.user_ref)
      .number(row.data_key_id)
      .number(row.value.config_version)
      .time(row.value.created_at)
      .blob(row.details)
      .blob(mac_of(row, tx.keys()))
      .run();
}

}  // namespace

void insert(WriteTransaction& tx, const Session& session) {
  Row row;
  row.value = session;
  row.user_ref = tx.keys().blind_index("user", session.user.str());
  const DataKey key = data_keys::get_or_make(tx, data_keys::user(row.user_ref));
  row.data_key_id = key.id;
  const Envelope details = sealed_details(row, key, tx);
  row.details = details;
  write(tx, row);
}

bool update(WriteTransaction& tx, const Session& session) {
  SqlQuery query(tx, kFind);
  if (!query.text(session.id.str()).step()) return false;
  Row row = read(query, tx.keys());
  if (row.user_ref != tx.keys().blind_index("user", session.user.str())) return false;
  ++row.value.config_version;
  row.value.user = session.user;
  row.value.config = session.config;
  const Envelope details = sealed_details(row, key_of(row, tx.keys()), tx);
  row.details = details;
  write(tx, row);
  return true;
}

bool remove(WriteTransaction& tx, const SessionId& id) {
  return SqlQuery(tx, "DELETE FROM session WHERE id = ?").text(id.str()).run() > 0;
}

std::optional<Session> find(Transaction& tx, const SessionId& id) {
  SqlQuery query(tx, kFind);
  if (!query.text(id.str()).step()) return std::nullopt;
  return read_whole(query, tx.keys());
}

}  // namespace coffer::session_store

namespace coffer::integrity {

void check_sessions(Transaction& tx, Faults& faults) {
  SqlQuery rows(tx, session_store::kAll);
  while (rows.step()) {
    note(faults, [&] { session_store::read_whole(rows, tx.keys()); });
  }
}

}  // namespace coffer::integrity
