#include "vault/net/worker_pool.h"

#include <catch2/catch.hpp>

#include "tests/unit/net/server_fixture.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

// A pool whose steps all enter one blocking part and stay until the gate opens.
struct StuckPool {
  StuckPool(int threads, int max_threads)
      : pool(
            threads, max_threads, [this](Duration) { return step(); }, [this] { all_blocked.open(); }) {
    pool.start();
  }
  ~StuckPool() {
    gate.open();
    pool.stop();
  }
  bool step() {
    const WorkerPool::Blocking blocking(pool);
    inside.add(1);
    gate.wait();
    return false;
  }

  Gate gate;
  Gate all_blocked;
  Counter inside;
  WorkerPool pool;
};

}  // namespace

TEST_CASE("a pool with all threads blocked says so and grows to its bound", "[net]") {
  StuckPool stuck(2, 4);
  REQUIRE(stuck.inside.wait_for(2));
  REQUIRE(stuck.all_blocked.wait());
  CHECK(stuck.pool.threads() == 2);
  CHECK(stuck.pool.relieve());
  REQUIRE(stuck.inside.wait_for(3));
  CHECK_FALSE(stuck.pool.relieve());  // the fourth is the last
  REQUIRE(stuck.inside.wait_for(4));
  CHECK_FALSE(stuck.pool.relieve());
  CHECK(stuck.pool.threads() == 4);
}

TEST_CASE("a pool with a free thread does not grow", "[net]") {
  Gate gate;
  Counter inside;
  std::atomic<bool> is_first{true};
  WorkerPool* self = nullptr;
  WorkerPool pool(
      2, 8,
      [&](Duration) {
        if (!is_first.exchange(false)) {
          gate.wait();  // waits for work, not inside a blocking part
          return true;
        }
        const WorkerPool::Blocking blocking(*self);
        inside.add(1);
        gate.wait();
        return true;
      },
      [] {});
  self = &pool;
  pool.start();
  REQUIRE(inside.wait_for(1));
  CHECK_FALSE(pool.relieve());
  CHECK(pool.threads() == 2);
  gate.open();
  pool.stop();
}
