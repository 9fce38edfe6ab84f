#pragma once

#include <optional>

#include "vault/base/background_loop.h"
#include "vault/base/env.h"
#include "vault/store/database.h"

namespace coffer {

// Delivers outbox rows to webhook subscriptions: signed, at least once, in order per connection,
// with Standard Webhooks' schedule of ten attempts. A delivery never touches a connection.
class Dispatcher {
 public:
  Dispatcher(Env env, Database& database);
  ~Dispatcher();  // stop()

  void start();
  void stop();
  void wake();

  // Delivers all that is due (each receiver gets 15 s); returns when the next attempt is due.
  std::optional<Timestamp> run_due();

 private:
  Env env_;
  Database& database_;
  std::mutex mutex_;  // one round at a time
  BackgroundLoop loop_;
};

}  // namespace coffer
