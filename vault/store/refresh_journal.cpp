#include "vault/store/refresh_journal.h"

#include "vault/store/connection_row.h"
#include "vault/store/row_guard.h"

namespace coffer::refresh_journal {
namespace {

const std::string kFind = connection_row::select_one("AND c.deleted_at_ms IS NULL");
const std::string kUnfinished = connection_row::select("WHERE c.intent_id IS NOT NULL ORDER BY c.rowid");

Intent intent_of(const ConnectionRow& row) {
  return {row.value.id, row.intent->id, row.value.generation, static_cast<int>(row.intent->attempt),
          row.intent->sent_at};
}

// The row's own state, which an intent hides while it stands.
void write(WriteTransaction& tx, const connection_row::Indexed& before, ConnectionRow& row) {
  if (row.value.refresh_state == RefreshState::Sent) row.value.refresh_state = RefreshState::Idle;
  connection_row::update(tx, before, row);
}

}  // namespace

bool mark_sent(WriteTransaction& tx, const Intent& intent) {
  SqlQuery query(tx, kFind);
  if (!query.kept_text(intent.connection.str()).step()) return false;
  ConnectionRow row = connection_row::read(query, tx.keys());
  if (row.value.generation != intent.generation || row.intent) return false;
  const connection_row::Indexed before = connection_row::indexed(row);
  row.intent = RefreshIntent{intent.id, intent.attempt, intent.sent_at};
  write(tx, before, row);
  return true;
}

bool clear(WriteTransaction& tx, const Intent& intent) {
  SqlQuery query(tx, kFind);
  if (!query.kept_text(intent.connection.str()).step()) return false;
  ConnectionRow row = connection_row::read(query, tx.keys());
  if (!row.intent || row.intent->id != intent.id || row.value.generation != intent.generation) return false;
  const connection_row::Indexed before = connection_row::indexed(row);
  row.intent.reset();
  write(tx, before, row);
  return true;
}

std::optional<Intent> find(Transaction& tx, const ConnectionId& id) {
  SqlQuery query(tx, kFind);
  if (!query.text(id.str()).step()) return std::nullopt;
  const ConnectionRow row = connection_row::read(query, tx.keys());
  return row.intent ? std::optional(intent_of(row)) : std::nullopt;
}

std::vector<Intent> unfinished(Transaction& tx) {
  std::vector<Intent> intents;
  SqlQuery rows(tx, kUnfinished);
  while (rows.step()) {
    unless_tampered(tx, [&] {
      const ConnectionRow row = connection_row::read(rows, tx.keys());
      if (row.intent) intents.push_back(intent_of(row));
    });
  }
  return intents;
}

}  // namespace coffer::refresh_journal
