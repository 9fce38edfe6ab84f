#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "vault/base/background_loop.h"
#include "vault/base/env.h"
#include "vault/base/job_pool.h"
#include "vault/events/delivery_request.h"
#include "vault/store/database.h"

namespace coffer {

// Delivers outbox rows to webhook subscriptions: signed, at least once, in order per connection,
// with Standard Webhooks' schedule of ten attempts. A delivery never touches a connection. A slow
// receiver holds up nobody else. Any thread.
class Dispatcher {
 public:
  Dispatcher(Env env, Database& database);
  ~Dispatcher();  // stop()

  void start();
  // Lets deliveries under way end, begins none.
  void stop();
  void wake();

  // Delivers all that is due (each receiver gets 15 s); returns when the next attempt is due.
  std::optional<Timestamp> run_due();

 private:
  struct Receiver;

  std::size_t launch_due();
  std::vector<Delivery> take_due();
  std::vector<Delivery> read_due(Timestamp now, std::size_t limit);
  void end_broken();
  void launch(Delivery delivery);
  void run(const Delivery& delivery);
  void deliver(const Delivery& delivery);
  std::optional<Receiver> receiver_of(Transaction& tx, const SubscriptionId& id);
  DeliveryVerdict send(const Delivery& delivery, const Receiver& receiver);
  void store(const Delivery& delivery, const DeliveryVerdict& verdict);
  void fail(WriteTransaction& tx, const Delivery& delivery, const DeliveryVerdict& verdict);
  bool give_up(WriteTransaction& tx, const SubscriptionId& id);
  std::optional<Timestamp> next_wake_up();
  std::optional<Timestamp> step();

  Env env_;
  Database& database_;
  std::atomic<bool> has_checked_ = false;  // all open deliveries were authenticated once
  std::mutex launching_;           // so that who finds nothing more that is due finds the pool at work on it
  std::mutex mutex_;               // guards queued_ and aside_
  std::set<std::int64_t> queued_;  // delivery ids handed to pool_
  std::map<std::int64_t, Timestamp> aside_;  // due, but not before this moment
  JobPool pool_;
  BackgroundLoop loop_;
};

}  // namespace coffer
