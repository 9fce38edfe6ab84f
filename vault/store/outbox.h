#pragma once

#include <optional>
#include <vector>

#include "vault/model/event.h"
#include "vault/store/database.h"
#include "vault/store/retention.h"

// Events and their deliveries. At least once, in order per connection and subscription.
namespace coffer::outbox {

// In the transaction of the state change. Plans one delivery, due at once, per enabled
// subscription that asks for this type.
void append(WriteTransaction& tx, const Event& event);

std::optional<Timestamp> next_due(Transaction& tx);

struct DueDeliveries {
  std::vector<Delivery> deliveries;
  bool has_broken = false;  // others fail authentication: see end_broken
};
// Deliveries due now whose predecessors of the same connection and subscription have ended.
DueDeliveries due(Transaction& tx, Timestamp now, std::int64_t limit);
// Ends each open delivery that fails authentication, or whose event does, and names it in the log:
// it would hold up those after it for ever. Database::check() still finds it. Returns how many.
int end_broken(WriteTransaction& tx);

void mark_delivered(WriteTransaction& tx, std::int64_t delivery, int attempt, int http_status, Timestamp now);
// `failure`: short text for people, no answer body.
void mark_failed(WriteTransaction& tx, std::int64_t delivery, int attempt, const std::string& failure,
                 Timestamp next_attempt_at);
void mark_dead(WriteTransaction& tx, std::int64_t delivery, int attempt, const std::string& failure,
               Timestamp now);

struct EventQuery {
  std::optional<ConnectionId> connection;
  std::string type;
  std::int64_t limit = 50;
};
std::vector<Event> events(Transaction& tx, const EventQuery& query);  // newest first

// Removes the oldest events that need not be kept, with their deliveries, and returns how many. What
// is still to be delivered stays, and so does what fails authentication, for Database::check().
std::int64_t prune(WriteTransaction& tx, const Retention& keep);

}  // namespace coffer::outbox
