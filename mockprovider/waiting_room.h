#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>

#include "vault/base/clock.h"

namespace coffer::mock {

// Where requests wait for their tenant to change, or for its clock to come to a moment. Any thread.
class WaitingRoom {
 public:
  // Until `is_over` says yes; false: `patience` of real time passed, or the room was closed.
  // `is_over` is asked at every change and every few milliseconds, as a clock may run by itself;
  // it may lock what it likes.
  bool wait(const std::function<bool()>& is_over, Duration patience);

  // Whoever waits until the clock comes to `due`: settle() counts him from enter() to leave().
  void enter(Timestamp due);
  void wait_for_clock(const Clock& clock, Timestamp due, Duration patience);
  void leave(Timestamp due);

  // Everybody looks again.
  void changed();
  // changed(), then waits until all who were due by `now` have left, or for `patience`.
  void settle(Timestamp now, Duration patience);
  // Nobody waits any more.
  void close();

 private:
  std::mutex mutex_;  // guards all below
  std::condition_variable condition_;
  std::uint64_t changes_ = 0;
  std::multiset<Timestamp> due_;
  bool is_closed_ = false;
};

// One request's time in the room, by the clock.
class VirtualDelay {
 public:
  VirtualDelay(WaitingRoom& room, Timestamp due) : room_(room), due_(due) { room_.enter(due_); }
  ~VirtualDelay() { room_.leave(due_); }
  VirtualDelay(const VirtualDelay&) = delete;
  VirtualDelay& operator=(const VirtualDelay&) = delete;

  void wait(const Clock& clock, Duration patience) { room_.wait_for_clock(clock, due_, patience); }

 private:
  WaitingRoom& room_;
  const Timestamp due_;
};

}  // namespace coffer::mock
