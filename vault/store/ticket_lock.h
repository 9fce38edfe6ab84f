#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace coffer {

// A mutex that serves threads in the order in which they came; a std::mutex lets a busy thread
// take it again and again while the others wait.
class TicketLock {
 public:
  void lock() {
    std::unique_lock guard(mutex_);
    const std::uint64_t mine = next_++;
    turn_.wait(guard, [&] { return serving_ == mine; });
  }

  void unlock() {
    {
      const std::lock_guard guard(mutex_);
      ++serving_;
    }
    turn_.notify_all();
  }

  // Threads in lock() that are not served yet.
  std::uint64_t waiting() const {
    const std::lock_guard guard(mutex_);
    return next_ == serving_ ? 0 : next_ - serving_ - 1;
  }

 private:
  mutable std::mutex mutex_;  // guards both numbers
  std::condition_variable turn_;
  std::uint64_t next_ = 0;
  std::uint64_t serving_ = 0;
};

}  // namespace coffer
