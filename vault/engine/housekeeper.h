#pragma once

#include "vault/base/background_loop.h"
#include "vault/base/env.h"
#include "vault/store/database.h"

namespace coffer {

// What a vault keeps of what only grows. Undelivered events are kept until their retries end.
inline constexpr Duration kEventsKept = std::chrono::hours(24 * 30);
inline constexpr std::int64_t kMostEvents = 10'000;
inline constexpr Duration kAuditKept = std::chrono::hours(24 * 365);
inline constexpr std::int64_t kMostAuditEntries = 100'000;

// Once an hour: removes events and audit entries that are over, a few at a time so that nobody
// waits long for the writer, and the subscriptions of listeners that were killed. Any thread.
class Housekeeper {
 public:
  Housekeeper(Env env, Database& database);

  void start() { loop_.start(); }
  void stop() { loop_.stop(); }

  // Does all of it now.
  void run();

 private:
  std::optional<Timestamp> step();

  Env env_;
  Database& database_;
  BackgroundLoop loop_;
};

}  // namespace coffer
