#include "vault/store/delivery_row.h"

#include <vector>

#include "vault/base/error.h"
#include "vault/crypto/row_message.h"
#include "vault/store/row_guard.h"

namespace coffer::delivery_row {
namespace {

using State = DeliveryRow::State;

std::string_view to_string(State state) {
  switch (state) {
    case State::Pending:
      return "PENDING";
    case State::Delivered:
      return "DELIVERED";
    case State::Dead:
      return "DEAD";
  }
  return "DEAD";
}

[[noreturn]] void throw_tampered(const DeliveryRow& row) {
  throw Error(ErrorCode::TamperedRow, "webhook delivery " + std::to_string(row.id) + " fails authentication");
}

State parse_state(const std::string& text, const DeliveryRow& row) {
  for (const State state : {State::Pending, State::Delivered, State::Dead}) {
    if (text == to_string(state)) return state;
  }
  throw_tampered(row);
}

Mac mac_of(const DeliveryRow& row, const Keyring& keys) {
  RowMessage message(keys, "delivery");
  message.number(row.id).text(row.event_id).text(row.subscription.str()).text(row.connection.str());
  message.text(to_string(row.state)).number(row.attempt).time(row.next_attempt_at);
  message.number(row.http_status).text(row.failure);
  return message.mac();
}

std::int64_t next_id(WriteTransaction& tx) {
  SqlQuery row(tx, "SELECT coalesce(max(id), 0) + 1 FROM delivery");
  row.step();
  return row.number();
}

const std::string kPending = select("WHERE d.subscription_id = ? AND d.state = 'PENDING'");

}  // namespace

std::string select(const char* rest) {
  return std::string(R"sql(
    SELECT d.id, d.event_id, d.subscription_id, d.connection_id, d.state, d.attempt, d.next_attempt_at_ms,
           d.http_status, d.failure, d.mac
      FROM delivery AS d )sql") +
         rest;
}

DeliveryRow read(SqlQuery& query, const Keyring& keys) {
  DeliveryRow row;
  row.id = query.number();
  row.event_id = query.text();
  row.subscription = SubscriptionId(query.text());
  row.connection = ConnectionId(query.text());
  row.state = parse_state(query.text(), row);
  row.attempt = static_cast<int>(query.number());
  row.next_attempt_at = query.time();
  row.http_status = query.optional_number();
  row.failure = query.text();
  if (!constant_time_equal(mac_of(row, keys), query.blob())) throw_tampered(row);
  return row;
}

void insert(WriteTransaction& tx, DeliveryRow row) {
  row.id = next_id(tx);
  SqlQuery(tx, "INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .number(row.id)
      .text(row.event_id)
      .text(row.subscription.str())
      .text(row.connection.str())
      .text(to_string(row.state))
      .number(row.attempt)
      .time(row.next_attempt_at)
      .number(row.http_status)
      .text(row.failure)
      .blob(mac_of(row, tx.keys()))
      .run();
}

void update(WriteTransaction& tx, const DeliveryRow& row) {
  SqlQuery(tx, R"sql(
    UPDATE delivery
       SET state = ?, attempt = ?, next_attempt_at_ms = ?, http_status = ?, failure = ?, mac = ?
     WHERE id = ?)sql")
      .text(to_string(row.state))
      .number(row.attempt)
      .time(row.next_attempt_at)
      .number(row.http_status)
      .text(row.failure)
      .blob(mac_of(row, tx.keys()))
      .number(row.id)
      .run();
}

void end_all(WriteTransaction& tx, const SubscriptionId& subscription, const std::string& failure) {
  SqlQuery pending(tx, kPending);
  pending.text(subscription.str());
  std::vector<DeliveryRow> rows;
  while (pending.step()) {
    unless_tampered(tx, [&] { rows.push_back(read(pending, tx.keys())); });
  }
  for (DeliveryRow& row : rows) {
    row.state = State::Dead;
    row.failure = failure;
    update(tx, row);
  }
}

}  // namespace coffer::delivery_row
