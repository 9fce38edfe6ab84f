#pragma once

#include <optional>
#include <string>

#include "vault/base/clock.h"
#include "vault/base/id.h"
#include "vault/store/database.h"
#include "vault/store/sql_query.h"

namespace coffer {

struct DeliveryRow {
  enum class State { Pending, Delivered, Dead };

  std::int64_t id = 0;
  std::string event_id;
  SubscriptionId subscription;
  ConnectionId connection;
  State state = State::Pending;
  int attempt = 0;
  Timestamp next_attempt_at;  // once it has ended: when that was
  std::optional<std::int64_t> http_status;
  std::string failure;
};

namespace delivery_row {

std::string select(const char* rest);
// Throws TamperedRow.
DeliveryRow read(SqlQuery& query, const Keyring& keys);
// Numbers the row.
void insert(WriteTransaction& tx, DeliveryRow row);
void update(WriteTransaction& tx, const DeliveryRow& row);
// Ends the subscription's pending deliveries as Dead. Their rows stay: an answer that is still on
// its way speaks of its delivery by number, which must not come to name another.
void end_all(WriteTransaction& tx, const SubscriptionId& subscription, const std::string& failure);

}  // namespace delivery_row
}  // namespace coffer
