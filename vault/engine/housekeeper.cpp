#include "vault/engine/housekeeper.h"

#include "vault/events/listeners.h"
#include "vault/store/audit_log.h"
#include "vault/store/outbox.h"

namespace coffer {
namespace {

constexpr Duration kInterval = std::chrono::hours(1);

// Each batch is a transaction of its own: whoever waits for the writer comes in between.
template <class Prune>
void prune_in_batches(Database& database, const Retention& keep, Prune prune) {
  std::int64_t removed = keep.at_once;
  while (removed >= keep.at_once) {
    const auto tx = database.write();
    removed = prune(*tx);
    if (removed > 0) tx->commit();
  }
}

}  // namespace

Housekeeper::Housekeeper(Env env, Database& database)
    : env_(env), database_(database), loop_(env.clock, [this] { return step(); }) {}

void Housekeeper::run() {
  const Timestamp now = env_.clock.now();
  listeners::end_gone(env_, database_);
  const Retention events{.since = now - kEventsKept, .most = kMostEvents};
  prune_in_batches(database_, events, [&](WriteTransaction& tx) { return outbox::prune(tx, events); });
  const Retention audit{.since = now - kAuditKept, .most = kMostAuditEntries};
  prune_in_batches(database_, audit, [&](WriteTransaction& tx) { return audit_log::prune(tx, audit, now); });
}

// A loop's step must not throw: what cannot be done now is tried again.
std::optional<Timestamp> Housekeeper::step() {
  try {
    run();
  } catch (const std::exception& error) {
    env_.log.error("housekeeping_failed", {{"reason", error.what()}});
  }
  return env_.clock.now() + kInterval;
}

}  // namespace coffer
