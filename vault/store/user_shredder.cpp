#include "vault/store/user_shredder.h"

#include <vector>

#include "vault/store/audit_log.h"
#include "vault/store/connection_store.h"
#include "vault/store/data_keys.h"
#include "vault/store/delivery_row.h"
#include "vault/store/row_guard.h"
#include "vault/store/sql_query.h"

namespace coffer::user_shredder {
namespace {

std::vector<ConnectionId> accounts_of(Transaction& tx, const std::string& user_ref) {
  std::vector<ConnectionId> ids;
  SqlQuery rows(tx, "SELECT id FROM connection WHERE user_ref = ? ORDER BY rowid");
  rows.text(user_ref);
  while (rows.step()) ids.emplace_back(rows.text());
  return ids;
}

const std::string kOpenDeliveries =
    delivery_row::select("WHERE d.connection_id = ? AND d.state = 'PENDING' ORDER BY d.id");

// The bodies of events name the user. What was still to be delivered ends.
void remove_events(WriteTransaction& tx, const ConnectionId& id) {
  std::vector<DeliveryRow> open;
  SqlQuery rows(tx, kOpenDeliveries);
  rows.text(id.str());
  while (rows.step()) {
    unless_tampered(tx, [&] { open.push_back(delivery_row::read(rows, tx.keys())); });
  }
  for (DeliveryRow& row : open) {
    row.state = DeliveryRow::State::Dead;
    row.failure = "the user was shredded";
    delivery_row::update(tx, row);
  }
  SqlQuery(tx, "DELETE FROM event WHERE connection_id = ?").text(id.str()).run();
}

// False: it was deleted before.
bool remove_account(WriteTransaction& tx, const ConnectionId& id, Timestamp now) {
  remove_events(tx, id);
  if (!connection_store::remove_tampered(tx, id, now) && !connection_store::remove(tx, id, now)) return false;
  audit_log::append(tx, {0, now, "shredded", id, {}});
  return true;
}

}  // namespace

Shredded shred(WriteTransaction& tx, const UserId& user, Timestamp now) {
  const std::string user_ref = tx.keys().blind_index("user", user.str());
  Shredded shredded;
  for (const ConnectionId& id : accounts_of(tx, user_ref)) shredded.accounts += remove_account(tx, id, now);
  SqlQuery(tx, "DELETE FROM link WHERE user_ref = ?").text(user_ref).run();
  shredded.sessions = SqlQuery(tx, "DELETE FROM session WHERE user_ref = ?").text(user_ref).run();
  data_keys::destroy(tx, data_keys::user(user_ref));
  return shredded;
}

}  // namespace coffer::user_shredder
