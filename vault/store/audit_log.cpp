#include "vault/store/audit_log.h"

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/crypto/row_message.h"
#include "vault/store/document_store.h"
#include "vault/store/integrity.h"
#include "vault/store/row_guard.h"
#include "vault/store/sql_query.h"

namespace coffer::audit_log {
namespace {

constexpr std::string_view kKind = "audit";
constexpr std::string_view kCut = "cut";

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

std::vector<std::uint8_t> to_vector(std::string_view bytes) {
  return {bytes.begin(), bytes.end()};
}

std::string text_of(const Link& link) {
  return std::to_string(link.sequence) + " " + to_hex(link.mac);
}

Link parse_link(const std::string& text) {
  const std::vector<std::string> parts = split(text, ' ');
  return {std::stoll(parts.at(0)), to_vector(from_hex(parts.at(1)).value_or(""))};
}

// What the first entry follows: the last one that was removed. Without a believable note of it the
// chain is broken there.
Link start_of_chain(Transaction& tx) {
  Link link;
  unless_tampered(tx, [&] {
    if (const auto note = document_store::find(tx, kKind, kCut)) link = parse_link(note->text);
  });
  return link;
}

Link newest(Transaction& tx) {
  Link link = start_of_chain(tx);
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
Entry read_checked(SqlQuery& row, const Keyring& keys, const Link& start) {
  Entry entry = read(row);
  const Bytes mac = row.blob();
  const Bytes stored_previous = row.blob();
  const Bytes previous = entry.sequence == start.sequence + 1 ? Bytes(start.mac) : stored_previous;
  if (!constant_time_equal(mac_of(keys, entry, previous), mac)) throw_tampered(entry);
  return entry;
}

// Takes `last` on to this entry, if it follows.
bool follow(const Keyring& keys, const Entry& entry, Bytes mac, Link& last) {
  if (entry.sequence != last.sequence + 1) return false;
  if (!constant_time_equal(mac_of(keys, entry, last.mac), mac)) return false;
  last = {entry.sequence, {mac.begin(), mac.end()}};
  return true;
}

constexpr const char* kOldestFirst =
    "SELECT sequence, at_ms, action, connection_id, detail, mac FROM audit ORDER BY sequence";

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
  const Link start = start_of_chain(tx);
  SqlQuery rows(tx, R"sql(
    SELECT a.sequence, a.at_ms, a.action, a.connection_id, a.detail, a.mac, p.mac
      FROM audit AS a LEFT JOIN audit AS p ON p.sequence = a.sequence - 1
     WHERE a.connection_id = ? ORDER BY a.sequence DESC LIMIT ?)sql");
  rows.text(connection.str()).number(limit);
  while (rows.step()) {
    unless_tampered(tx, [&] { entries.push_back(read_checked(rows, tx.keys(), start)); });
  }
  return entries;
}

std::vector<std::uint8_t> before_first(Transaction& tx) {
  return start_of_chain(tx).mac;
}

std::int64_t first_broken(Transaction& tx) {
  Link last = start_of_chain(tx);
  SqlQuery rows(tx, kOldestFirst);
  while (rows.step()) {
    const Entry entry = read(rows);
    if (!follow(tx.keys(), entry, rows.blob(), last)) return entry.sequence;
  }
  return 0;
}

std::int64_t prune(WriteTransaction& tx, const Retention& keep, Timestamp now) {
  const Link start = start_of_chain(tx);
  const std::int64_t last_sequence = newest(tx).sequence;
  Link cut = start;
  SqlQuery rows(tx, kOldestFirst);
  while (cut.sequence - start.sequence < keep.at_once && rows.step()) {
    const Entry entry = read(rows);
    const bool is_outdated = entry.at < keep.since || entry.sequence <= last_sequence - keep.most;
    if (!is_outdated || entry.sequence == last_sequence) break;
    if (!follow(tx.keys(), entry, rows.blob(), cut)) break;
  }
  if (cut.sequence == start.sequence) return 0;
  document_store::put(tx, {std::string(kKind), std::string(kCut), text_of(cut), now, now});
  return SqlQuery(tx, "DELETE FROM audit WHERE sequence <= ?").number(cut.sequence).run();
}

}  // namespace coffer::audit_log

namespace coffer::integrity {

void check_audit_log(Transaction& tx, Faults& faults) {
  const std::int64_t broken = audit_log::first_broken(tx);
  if (broken != 0) faults.push_back("audit log: the chain breaks at entry " + std::to_string(broken));
}

}  // namespace coffer::integrity
