#include "vault/events/dispatcher.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "vault/base/error.h"
#include "vault/events/delivery_plan.h"
#include "vault/events/listeners.h"
#include "vault/events/previous_secret.h"
#include "vault/store/outbox.h"
#include "vault/store/row_guard.h"
#include "vault/store/subscription_store.h"

namespace coffer {
namespace {

constexpr std::size_t kBatch = 64;
constexpr std::size_t kMostQueued = 256;
constexpr Duration kFaultWait = std::chrono::seconds(30);
constexpr Duration kPoll = std::chrono::seconds(1);  // while rows that are due are being worked on

// False: it is none, and stays.
bool end_listener(WriteTransaction& tx, const SubscriptionId& id) {
  const auto subscription = subscription_store::find(tx, id);
  return subscription && subscription->is_hidden && subscription_store::remove(tx, id);
}

// Whatever the vault's clock says: receivers compare with theirs.
Timestamp real_now() {
  return SystemClock().now();
}

}  // namespace

struct Dispatcher::Receiver {
  Subscription subscription;
  Secret previous_secret;
};

Dispatcher::Dispatcher(Env env, Database& database)
    : env_(env),
      database_(database),
      pool_({.threads = 16, .per_key = 4}),
      loop_(env.clock, [this] { return step(); }) {}

Dispatcher::~Dispatcher() {
  stop();
}

void Dispatcher::start() {
  loop_.start();
}

void Dispatcher::stop() {
  loop_.stop();
  pool_.stop();
}

void Dispatcher::wake() {
  loop_.wake();
}

std::optional<Timestamp> Dispatcher::run_due() {
  std::size_t launched = 0;
  do {
    launched = launch_due();
    pool_.wait_idle();
  } while (launched > 0);
  return next_wake_up();
}

std::optional<Timestamp> Dispatcher::step() {
  try {
    launch_due();
    return next_wake_up();
  } catch (const std::exception& error) {
    env_.log.error("webhook_round_failed", {{"reason", error.what()}});
    return env_.clock.now() + kFaultWait;
  }
}

std::size_t Dispatcher::launch_due() {
  const std::lock_guard lock(launching_);
  std::vector<Delivery> due = take_due();
  for (Delivery& delivery : due) launch(std::move(delivery));
  return due.size();
}

// Rows under way or set aside are skipped; asking for as many more keeps them from hiding others. One
// lock from the reading to the queueing: a row that was read as due stays queued until its end is
// stored, so that no other round can take what it read before for due again.
std::vector<Delivery> Dispatcher::take_due() {
  const Timestamp now = env_.clock.now();
  const std::lock_guard lock(mutex_);
  if (queued_.size() >= kMostQueued) return {};
  std::erase_if(aside_, [&](const auto& entry) { return entry.second <= now; });
  std::vector<Delivery> due = read_due(now, kBatch + queued_.size() + aside_.size());
  std::erase_if(due, [&](const Delivery& d) { return queued_.contains(d.id) || aside_.contains(d.id); });
  for (const Delivery& delivery : due) queued_.insert(delivery.id);
  return due;
}

// The first round looks at every open delivery: one that was edited may lie about when it is due.
std::vector<Delivery> Dispatcher::read_due(Timestamp now, std::size_t limit) {
  if (!has_checked_) {
    end_broken();
    has_checked_ = true;
  }
  const auto read = [&] { return outbox::due(*database_.read(), now, static_cast<std::int64_t>(limit)); };
  outbox::DueDeliveries due = read();
  if (!due.has_broken) return std::move(due.deliveries);
  end_broken();
  return read().deliveries;
}

void Dispatcher::end_broken() {
  const auto tx = database_.write();
  if (outbox::end_broken(*tx) > 0) tx->commit();
}

void Dispatcher::launch(Delivery delivery) {
  const std::int64_t id = delivery.id;
  const std::string key = delivery.subscription.str();
  bool is_taken = false;
  try {
    const auto shared = std::make_shared<const Delivery>(std::move(delivery));
    is_taken = pool_.submit(key, [this, shared] { run(*shared); });
  } catch (const std::exception& error) {
    env_.log.error("webhook_thread_missing", {{"reason", error.what()}});
  }
  if (is_taken) return;
  const std::lock_guard lock(mutex_);
  queued_.erase(id);
}

void Dispatcher::run(const Delivery& delivery) {
  bool has_failed = false;
  try {
    deliver(delivery);
  } catch (const std::exception& error) {
    env_.log.error("webhook_not_recorded", {{"webhook_id", delivery.event.id}, {"reason", error.what()}});
    has_failed = true;
  }
  {
    const std::lock_guard lock(mutex_);
    if (has_failed) aside_.insert_or_assign(delivery.id, env_.clock.now() + kFaultWait);
    queued_.erase(delivery.id);
  }
  loop_.wake();
}

void Dispatcher::deliver(const Delivery& delivery) {
  std::optional<Receiver> receiver;
  const bool is_believed = [&] {
    const auto tx = database_.read();
    return unless_tampered(*tx, [&] { receiver = receiver_of(*tx, delivery.subscription); });
  }();
  if (!is_believed) {
    store(delivery, {DeliveryVerdict::Kind::Impossible, 0, "its subscription fails authentication", {}});
  } else if (receiver && !receiver->subscription.is_enabled) {
    store(delivery, {DeliveryVerdict::Kind::Gone, 0, "the subscription is disabled", {}});
  } else if (receiver) {  // else its deliveries went with it
    store(delivery, send(delivery, *receiver));
  }
}

// nullopt: there is none. Throws TamperedRow.
std::optional<Dispatcher::Receiver> Dispatcher::receiver_of(Transaction& tx, const SubscriptionId& id) {
  auto subscription = subscription_store::find(tx, id);
  if (!subscription) return std::nullopt;
  Receiver receiver{std::move(*subscription), {}};
  unless_tampered(tx, [&] { receiver.previous_secret = previous_secret::find(tx, id, env_.clock.now()); });
  return receiver;
}

DeliveryVerdict Dispatcher::send(const Delivery& delivery, const Receiver& receiver) {
  const HttpResult result = env_.http.send(delivery_request(
      delivery.event, receiver.subscription, delivery.attempt + 1, real_now(), receiver.previous_secret));
  DeliveryVerdict verdict = judge_delivery(result, real_now());
  const bool is_listener_gone = receiver.subscription.is_hidden && listeners::is_nobody_there(result);
  if (is_listener_gone) verdict.kind = DeliveryVerdict::Kind::Gone;
  return verdict;
}

void Dispatcher::store(const Delivery& delivery, const DeliveryVerdict& verdict) {
  const int attempt = delivery.attempt + 1;
  bool is_disabled = false;
  const auto tx = database_.write();
  switch (verdict.kind) {
    case DeliveryVerdict::Kind::Delivered:
      outbox::mark_delivered(*tx, delivery.id, attempt, verdict.http_status, env_.clock.now());
      break;
    case DeliveryVerdict::Kind::Failed:
      fail(*tx, delivery, verdict);
      break;
    case DeliveryVerdict::Kind::Gone:
      outbox::mark_dead(*tx, delivery.id, attempt, verdict.failure, env_.clock.now());
      is_disabled = give_up(*tx, delivery.subscription);
      break;
    case DeliveryVerdict::Kind::Impossible:
      outbox::mark_dead(*tx, delivery.id, attempt, verdict.failure, env_.clock.now());
      break;
  }
  tx->commit();
  env_.log.info("webhook", {{"webhook_id", delivery.event.id},
                            {"subscription", delivery.subscription.str()},
                            {"attempt", std::to_string(attempt)},
                            {"result", verdict.failure.empty() ? "delivered" : verdict.failure}});
  if (!is_disabled) return;
  env_.log.warn("webhook_subscription_disabled",
                {{"subscription", delivery.subscription.str()},
                 {"reason", "its receiver answered 410: it wants no more"},
                 {"hint", "PATCH /api/v3/webhook_subscriptions/" + delivery.subscription.str() +
                              " enables it again; events until then are not delivered to it"}});
}

void Dispatcher::fail(WriteTransaction& tx, const Delivery& delivery, const DeliveryVerdict& verdict) {
  const int attempt = delivery.attempt + 1;
  const Timestamp now = env_.clock.now();
  const auto wait = delivery_wait(attempt, env_.random);
  if (!wait) {
    outbox::mark_dead(tx, delivery.id, attempt, verdict.failure, now);
    end_listener(tx, delivery.subscription);
    return;
  }
  const Duration least = verdict.not_before.value_or(Duration::zero());
  outbox::mark_failed(tx, delivery.id, attempt, verdict.failure, now + std::max(*wait, least));
}

bool Dispatcher::give_up(WriteTransaction& tx, const SubscriptionId& id) {
  if (end_listener(tx, id)) return false;
  auto subscription = subscription_store::find(tx, id);
  if (!subscription || !subscription->is_enabled) return false;
  subscription->is_enabled = false;
  subscription->updated_at = env_.clock.now();
  subscription_store::update(tx, *subscription);
  return true;
}

std::optional<Timestamp> Dispatcher::next_wake_up() {
  const Timestamp now = env_.clock.now();
  const auto next = outbox::next_due(*database_.read());
  if (!next || *next > now) return next;
  const std::lock_guard lock(mutex_);
  if (!queued_.empty() || aside_.empty()) return now + kPoll;
  const auto earliest = std::min_element(aside_.begin(), aside_.end(),
                                         [](const auto& a, const auto& b) { return a.second < b.second; });
  return std::max(earliest->second, now + Duration(1));
}

}  // namespace coffer
