#pragma once

#include <mutex>
#include <thread>

namespace coffer::mock {

// A mutex whose waiters yield for about a millisecond before they sleep. To wake a sleeper takes longer
// than a tenant is held to give a token, and in that time nobody works.
class YieldingMutex {
 public:
  void lock() {
    for (int tries = 0; tries < kTriesBeforeSleep; ++tries) {
      if (mutex_.try_lock()) return;
      std::this_thread::yield();
    }
    mutex_.lock();
  }
  void unlock() { mutex_.unlock(); }

 private:
  static constexpr int kTriesBeforeSleep = 2000;

  std::mutex mutex_;
};

}  // namespace coffer::mock
