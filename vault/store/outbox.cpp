#include "vault/store/outbox.h"

#include <algorithm>

#include "vault/base/error.h"
#include "vault/store/delivery_row.h"
#include "vault/store/event_row.h"
#include "vault/store/integrity.h"
#include "vault/store/json_list.h"
#include "vault/store/row_guard.h"
#include "vault/store/subscription_store.h"

namespace coffer::outbox {
namespace {

// A delivery waits for the earlier ones of its connection and subscription.
constexpr const char* kIsFirst = R"sql( d.state = 'PENDING' AND NOT EXISTS (
           SELECT 1 FROM delivery AS p
            WHERE p.state = 'PENDING' AND p.subscription_id = d.subscription_id
              AND p.connection_id = d.connection_id AND p.id < d.id) )sql";

const std::string kFind = delivery_row::select("WHERE d.id = ?");
const std::string kNext =
    delivery_row::select((std::string("WHERE") + kIsFirst + "ORDER BY d.next_attempt_at_ms").c_str());
const std::string kDue = delivery_row::select(
    (std::string("WHERE") + kIsFirst + "AND d.next_attempt_at_ms <= ? ORDER BY d.next_attempt_at_ms, d.id")
        .c_str());
constexpr const char* kOpenIds = "SELECT id FROM delivery WHERE state = 'PENDING' ORDER BY id";
const std::string kAllDeliveries = delivery_row::select("ORDER BY d.id");

const std::string kEvent = event_row::select("WHERE e.id = ?");
const std::string kEvents = event_row::select(R"sql(
     WHERE (?1 IS NULL OR e.connection_id = ?1) AND (?2 = '' OR e.type = ?2)
     ORDER BY e.rowid DESC LIMIT ?3)sql");
const std::string kAllEvents = event_row::select("ORDER BY e.rowid");

// The newest delivery keeps its event: numbers of deliveries are not given twice.
const std::string kOutdated = event_row::select(R"sql(
     WHERE (e.created_at_ms < ?1 OR
            e.rowid <= (SELECT rowid FROM event ORDER BY rowid DESC LIMIT 1 OFFSET ?2))
       AND e.id NOT IN (SELECT event_id FROM delivery WHERE state = 'PENDING')
       AND e.id NOT IN (SELECT event_id FROM delivery WHERE id = (SELECT max(id) FROM delivery))
     ORDER BY e.rowid LIMIT -1 OFFSET ?3)sql");
const std::string kDeliveriesOf =
    delivery_row::select("WHERE d.event_id IN (SELECT value FROM json_each(?)) ORDER BY d.id");

bool asks_for(const Subscription& subscription, const std::string& type) {
  const std::vector<std::string>& events = subscription.events;
  return subscription.is_enabled && std::find(events.begin(), events.end(), type) != events.end();
}

Event event_of(Transaction& tx, const std::string& id) {
  SqlQuery query(tx, kEvent);
  if (!query.text(id).step()) throw Error(ErrorCode::TamperedRow, "event " + id + " is missing");
  return event_row::read(query, tx.keys());
}

Delivery delivery_of(Transaction& tx, const DeliveryRow& row) {
  return {row.id, event_of(tx, row.event_id), row.subscription, row.attempt};
}

template <class Change>
void change(WriteTransaction& tx, std::int64_t delivery, Change&& apply) {
  SqlQuery query(tx, kFind);
  if (!query.number(delivery).step()) return;
  DeliveryRow row = delivery_row::read(query, tx.keys());
  apply(row);
  delivery_row::update(tx, row);
}

std::vector<std::int64_t> open_ids(Transaction& tx) {
  std::vector<std::int64_t> ids;
  SqlQuery query(tx, kOpenIds);
  while (query.step()) ids.push_back(query.number());
  return ids;
}

void require_sound(Transaction& tx, std::int64_t delivery) {
  SqlQuery query(tx, kFind);
  if (query.number(delivery).step()) delivery_of(tx, delivery_row::read(query, tx.keys()));
}

// A row that cannot be believed gets no new MAC: that would make it believed.
void end_broken_one(WriteTransaction& tx, std::int64_t id) {
  const bool is_row_sound = is_sound([&] {
    change(tx, id, [](DeliveryRow& row) {
      row.state = DeliveryRow::State::Dead;
      row.failure = "its event fails authentication";
    });
  });
  if (!is_row_sound) SqlQuery(tx, "UPDATE delivery SET state = 'DEAD' WHERE id = ?").number(id).run();
}

struct Outdated {
  std::vector<std::string> ids;
  std::int64_t passed = 0;  // rows up to the last of them
};

Outdated outdated(Transaction& tx, const Retention& keep, std::int64_t offset) {
  Outdated found;
  SqlQuery rows(tx, kOutdated);
  rows.time(keep.since).number(keep.most).number(offset);
  for (; std::ssize(found.ids) < keep.at_once && rows.step(); ++found.passed) {
    static_cast<void>(is_sound([&] { found.ids.push_back(event_row::read(rows, tx.keys()).id); }));
  }
  return found;
}

void remove_sound_deliveries(WriteTransaction& tx, const std::optional<std::string>& events) {
  std::vector<std::int64_t> ids;
  SqlQuery rows(tx, kDeliveriesOf);
  rows.optional_text(events);
  while (rows.step()) {
    static_cast<void>(is_sound([&] { ids.push_back(delivery_row::read(rows, tx.keys()).id); }));
  }
  for (const std::int64_t id : ids) SqlQuery(tx, "DELETE FROM delivery WHERE id = ?").number(id).run();
}

std::int64_t remove_undelivered(WriteTransaction& tx, const std::optional<std::string>& events) {
  return SqlQuery(tx, R"sql(
    DELETE FROM event WHERE id IN (SELECT value FROM json_each(?))
                        AND id NOT IN (SELECT event_id FROM delivery))sql")
      .optional_text(events)
      .run();
}

}  // namespace

void append(WriteTransaction& tx, const Event& event) {
  event_row::insert(tx, event);
  for (const Subscription& subscription : subscription_store::list(tx, true)) {
    if (!asks_for(subscription, event.type)) continue;
    DeliveryRow row;
    row.event_id = event.id;
    row.subscription = subscription.id;
    row.connection = event.connection;
    row.next_attempt_at = event.created_at;
    delivery_row::insert(tx, row);
  }
}

std::optional<Timestamp> next_due(Transaction& tx) {
  SqlQuery query(tx, kNext);
  std::optional<Timestamp> next;
  while (!next && query.step()) {
    static_cast<void>(is_sound([&] { next = delivery_row::read(query, tx.keys()).next_attempt_at; }));
  }
  return next;
}

DueDeliveries due(Transaction& tx, Timestamp now, std::int64_t limit) {
  DueDeliveries due;
  SqlQuery query(tx, kDue);
  query.time(now);
  while (std::ssize(due.deliveries) < limit && query.step()) {
    due.has_broken |=
        !is_sound([&] { due.deliveries.push_back(delivery_of(tx, delivery_row::read(query, tx.keys()))); });
  }
  return due;
}

int end_broken(WriteTransaction& tx) {
  int ended = 0;
  for (const std::int64_t id : open_ids(tx)) {
    if (unless_tampered(tx, [&] { require_sound(tx, id); })) continue;
    end_broken_one(tx, id);
    ++ended;
  }
  return ended;
}

void mark_delivered(WriteTransaction& tx, std::int64_t delivery, int attempt, int http_status,
                    Timestamp now) {
  change(tx, delivery, [&](DeliveryRow& row) {
    row.state = DeliveryRow::State::Delivered;
    row.attempt = attempt;
    row.http_status = http_status;
    row.failure.clear();
    row.next_attempt_at = now;
  });
}

void mark_failed(WriteTransaction& tx, std::int64_t delivery, int attempt, const std::string& failure,
                 Timestamp next_attempt_at) {
  change(tx, delivery, [&](DeliveryRow& row) {
    row.attempt = attempt;
    row.failure = failure;
    row.next_attempt_at = next_attempt_at;
  });
}

void mark_dead(WriteTransaction& tx, std::int64_t delivery, int attempt, const std::string& failure,
               Timestamp now) {
  change(tx, delivery, [&](DeliveryRow& row) {
    row.state = DeliveryRow::State::Dead;
    row.attempt = attempt;
    row.failure = failure;
    row.next_attempt_at = now;
  });
}

// An event stays while a delivery of its own fails authentication, so whole rounds of events may stay.
std::int64_t prune(WriteTransaction& tx, const Retention& keep) {
  std::int64_t removed = 0;
  for (std::int64_t offset = 0; removed == 0;) {
    const Outdated found = outdated(tx, keep, offset);
    if (found.ids.empty()) break;
    const auto events = json_list(found.ids);
    remove_sound_deliveries(tx, events);
    removed = remove_undelivered(tx, events);
    offset += found.passed;
  }
  return removed;
}

std::vector<Event> events(Transaction& tx, const EventQuery& query) {
  std::vector<Event> found;
  SqlQuery rows(tx, kEvents);
  rows.optional_text(query.connection ? std::optional(query.connection->str()) : std::nullopt);
  rows.text(query.type).number(query.limit);
  while (rows.step()) {
    unless_tampered(tx, [&] { found.push_back(event_row::read(rows, tx.keys())); });
  }
  return found;
}

}  // namespace coffer::outbox

namespace coffer::integrity {

void check_outbox(Transaction& tx, Faults& faults) {
  SqlQuery events(tx, outbox::kAllEvents);
  while (events.step()) {
    note(faults, [&] { event_row::read(events, tx.keys()); });
  }
  SqlQuery deliveries(tx, outbox::kAllDeliveries);
  while (deliveries.step()) {
    note(faults, [&] { delivery_row::read(deliveries, tx.keys()); });
  }
}

}  // namespace coffer::integrity
