#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#include "vault/net/connection_hub.h"
#include "vault/net/worker_pool.h"

namespace coffer {

// The thread that runs no handler and so never waits for one: accepts clients, ends connections
// that are overdue, lets the pool grow. Without connections it sleeps.
class Keeper {
 public:
  Keeper(Listener& listener, ConnectionHub& hub, const ServerLimits& limits);
  ~Keeper();  // stop()

  void start(WorkerPool& pool);
  void stop();
  // The pool may need to grow. Any thread.
  void poke();

 private:
  using SteadyClock = std::chrono::steady_clock;

  void run(WorkerPool& pool);
  Duration patience() const;
  void wait_for_clients(Duration patience);
  void accept_from(const SocketHandle& socket);

  Listener& listener_;
  ConnectionHub& hub_;
  const Duration tick_;
  SocketHandle bell_;
  std::atomic<bool> is_poked_{false};
  std::atomic<bool> is_stopping_{false};
  SteadyClock::time_point next_expiry_;
  bool accepts_ = true;  // false for a moment after the descriptors ran out
  std::thread thread_;
};

}  // namespace coffer
