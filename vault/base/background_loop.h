#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "vault/base/clock.h"

namespace coffer {

// A thread that runs `step` whenever something is due. `step` does all that is due now and says
// when the next thing is (nullopt: nothing planned). It must not throw. Waits are at most 30
// seconds of real time long, so that suspend and clock steps are noticed.
class BackgroundLoop {
 public:
  BackgroundLoop(const Clock& clock, std::function<std::optional<Timestamp>()> step);
  ~BackgroundLoop();  // stop()

  void start();
  // Ends after the running step. Idempotent.
  void stop();
  // Something may be due sooner than planned.
  void wake();

 private:
  void run();

  const Clock& clock_;
  std::function<std::optional<Timestamp>()> step_;
  std::mutex mutex_;  // guards stopping_ and woken_
  std::condition_variable changed_;
  bool stopping_ = false;
  bool woken_ = false;
  std::thread thread_;
};

}  // namespace coffer
