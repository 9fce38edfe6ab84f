#include "vault/base/background_loop.h"

#include <catch2/catch.hpp>
#include <condition_variable>

using namespace coffer;
using namespace std::chrono_literals;

namespace {

// Counts steps and lets a test wait for a number of them.
class Steps {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  bool wait_for(int count, Duration patience = 5s) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return count_ >= count; });
  }
  int count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;  // guards count_
  std::condition_variable changed_;
  int count_ = 0;
};

}  // namespace

TEST_CASE("a loop runs its step at once and then when it is woken", "[base]") {
  const MovableClock clock(from_ms(0));
  Steps steps;
  BackgroundLoop loop(clock, [&]() -> std::optional<Timestamp> {
    steps.add();
    return std::nullopt;
  });
  loop.start();
  REQUIRE(steps.wait_for(1));
  loop.wake();
  REQUIRE(steps.wait_for(2));
  loop.wake();
  REQUIRE(steps.wait_for(3));
}

TEST_CASE("a loop comes back when the planned moment has come", "[base]") {
  const SystemClock clock;
  Steps steps;
  BackgroundLoop loop(clock, [&]() -> std::optional<Timestamp> {
    steps.add();
    return clock.now() + 10ms;
  });
  loop.start();
  CHECK(steps.wait_for(4));
}

TEST_CASE("a wake during a step is not lost", "[base]") {
  const MovableClock clock(from_ms(0));
  Steps steps;
  BackgroundLoop* self = nullptr;
  BackgroundLoop loop(clock, [&]() -> std::optional<Timestamp> {
    steps.add();
    if (steps.count() < 5) self->wake();
    return std::nullopt;
  });
  self = &loop;
  loop.start();
  CHECK(steps.wait_for(5));
}

TEST_CASE("a loop whose work is overdue on a frozen clock does not spin", "[base]") {
  const MovableClock clock(from_ms(1000));
  Steps steps;
  const auto start = std::chrono::steady_clock::now();
  BackgroundLoop loop(clock, [&]() -> std::optional<Timestamp> {
    steps.add();
    return from_ms(0);
  });
  loop.start();
  REQUIRE(steps.wait_for(5));
  CHECK(std::chrono::steady_clock::now() - start >= 4 * 5ms);
}

TEST_CASE("a stop does not wait for the next moment, and is idempotent", "[base]") {
  const MovableClock clock(from_ms(0));
  Steps steps;
  const auto start = std::chrono::steady_clock::now();
  BackgroundLoop loop(clock, [&]() -> std::optional<Timestamp> {
    steps.add();
    return std::nullopt;
  });
  loop.start();
  loop.start();
  REQUIRE(steps.wait_for(1));
  loop.stop();
  const int count = steps.count();
  loop.wake();
  loop.stop();
  CHECK(steps.count() == count);
  CHECK(std::chrono::steady_clock::now() - start < 5s);
}

TEST_CASE("a loop that never started can be stopped", "[base]") {
  const MovableClock clock(from_ms(0));
  BackgroundLoop loop(clock, []() -> std::optional<Timestamp> { return std::nullopt; });
  CHECK_NOTHROW(loop.stop());
}
