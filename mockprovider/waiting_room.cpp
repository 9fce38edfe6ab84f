#include "mockprovider/waiting_room.h"

#include <algorithm>

namespace coffer::mock {
namespace {

using RealTime = std::chrono::steady_clock;

constexpr Duration kLook = std::chrono::milliseconds(20);

}  // namespace

bool WaitingRoom::wait(const std::function<bool()>& is_over, Duration patience) {
  const auto end = RealTime::now() + patience;
  std::unique_lock lock(mutex_);
  while (true) {
    const std::uint64_t seen = changes_;
    lock.unlock();
    if (is_over()) return true;
    lock.lock();
    const auto now = RealTime::now();
    if (is_closed_ || now >= end) return false;
    condition_.wait_until(lock, std::min(end, now + kLook), [&] { return is_closed_ || changes_ != seen; });
  }
}

void WaitingRoom::enter(Timestamp due) {
  const std::lock_guard lock(mutex_);
  due_.insert(due);
}

void WaitingRoom::wait_for_clock(const Clock& clock, Timestamp due, Duration patience) {
  wait([&] { return clock.now() >= due; }, patience);
}

void WaitingRoom::leave(Timestamp due) {
  const std::lock_guard lock(mutex_);
  due_.erase(due_.find(due));
  ++changes_;
  condition_.notify_all();
}

void WaitingRoom::changed() {
  const std::lock_guard lock(mutex_);
  ++changes_;
  condition_.notify_all();
}

void WaitingRoom::settle(Timestamp now, Duration patience) {
  changed();
  const auto none_is_due = [&] {
    const std::lock_guard lock(mutex_);
    return due_.empty() || *due_.begin() > now;
  };
  wait(none_is_due, patience);
}

void WaitingRoom::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  condition_.notify_all();
}

}  // namespace coffer::mock
