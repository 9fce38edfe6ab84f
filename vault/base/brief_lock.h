#pragma once

#include <atomic>
#include <thread>

namespace coffer {

// A mutex for a few instructions at a time: whoever finds it taken tries again at once, because
// to be put to sleep and woken would cost a thousand times the wait.
class BriefLock {
 public:
  void lock() noexcept {
    for (int tries = 1; taken_.test_and_set(std::memory_order_acquire); ++tries) {
      if (tries % kTriesBeforeYield == 0) std::this_thread::yield();  // the holder may be off its core
    }
  }
  void unlock() noexcept { taken_.clear(std::memory_order_release); }

 private:
  static constexpr int kTriesBeforeYield = 64;

  std::atomic_flag taken_;
};

}  // namespace coffer
