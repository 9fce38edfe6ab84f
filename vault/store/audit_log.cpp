#include "vault/store/audit_log.h"

#include "vault/base/error.h"
#include "vault/crypto/row_message.h"
#include "vault/store/integrity.h"
#include "vault/store/row_guard.h"
#include "vault/store/sql_query.h"

namespace coffer::audit_log {
namespace {

// The chain hangs on nothing: the first row's predecessor is 32 zero bytes.
struct Link {
  std::int64_t sequence = 0;
  std::vector<std::uint8_t> mac = std::vector<std::uint8_t>(std::tuple_size_v<Mac>);
};

Mac mac_of(const Keyring& keys, const Entry& entry, Bytes previous) {
  RowMessage message(keys, "audit");
  message.blob(previous).number(entry.sequence).time(entry.at).text(entry.action);
  message.text(entry.connection.str()).text(entry.detail);
  return message.mac(Purpose::Audit);
}

Link newest(Transaction& tx) {
  Link link;
  SqlQuery row(tx, "SELECT sequence, mac FROM audit ORDER BY sequence DESC LIMIT 1");
  if (row.step()) {
    link.sequence = row.number();
    link.mac = row.copied_blob();
  }
  return link;
}

[[noreturn]] void throw_tampered(const Entry& entry) {
  throw Error(ErrorCode::TamperedRow,
              "audit entry " + std::to_string(entry.sequence) + " fails authentication",
              "the vault file was changed from outside or is damaged; restore it from a backup");
}

Entry read(SqlQuery& row) {
  Entry entry;
  entry.sequence = row.number();
  entry.at = row.time();
  entry.action = row.text();
  entry.connection = ConnectionId(row.text());
  entry.detail = row.text();
  return entry;
}

// With the MAC of the entry itself and of the one before it, which is NULL before the first.
Entry read_checked(SqlQuery& row, const Keyring& keys) {
  Entry entry = read(row);
  const Bytes mac = row.blob();
  const Bytes stored_previous = row.blob();
  const Link none;
  const Bytes previous = entry.sequence == 1 ? Bytes(none.mac) : stored_previous;
  if (!constant_time_equal(mac_of(keys, entry, previous), mac)) throw_tampered(entry);
  return entry;
}

}  // namespace

void append(WriteTransaction& tx, const Entry& entry) {
  const Link last = newest(tx);
  Entry row = entry;
  row.sequence = last.sequence + 1;
  SqlQuery(tx, "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)")
      .number(row.sequence)
      .time(row.at)
      .text(row.action)
      .text(row.connection.str())
      .text(row.detail)
      .blob(mac_of(tx.keys(), row, last.mac))
      .run();
}

std::vector<Entry> list(Transaction& tx, const ConnectionId& connection, std::int64_t limit) {
  std::vector<Entry> entries;
  SqlQuery rows(tx, R"sql(
    SELECT a.sequence, a.at_ms, a.action, a.connection_id, a.detail, a.mac, p.mac
      FROM audit AS a LEFT JOIN audit AS p ON p.sequence = a.sequence - 1
     WHERE a.connection_id = ? ORDER BY a.sequence DESC LIMIT ?)sql");
  rows.text(connection.str()).number(limit);
  while (rows.step()) {
    unless_tampered(tx, [&] { entries.push_back(read_checked(rows, tx.keys())); });
  }
  return entries;
}

std::int64_t first_broken(Transaction& tx) {
  Link last;
  SqlQuery rows(tx,
                "SELECT sequence, at_ms, action, connection_id, detail, mac FROM audit ORDER BY sequence");
  while (rows.step()) {
    const Entry entry = read(rows);
    const Bytes mac = rows.blob();
    const bool follows = entry.sequence == last.sequence + 1;
    if (!follows || !constant_time_equal(mac_of(tx.keys(), entry, last.mac), mac)) return entry.sequence;
    last = {entry.sequence, {mac.begin(), mac.end()}};
  }
  return 0;
}

}  // namespace coffer::audit_log

namespace coffer::integrity {

void check_audit_log(Transaction& tx, Faults& faults) {
  const std::int64_t broken = audit_log::first_broken(tx);
  if (broken != 0) faults.push_back("audit log: the chain breaks at entry " + std::to_string(broken));
}

}  // namespace coffer::integrity
