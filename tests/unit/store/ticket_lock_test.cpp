#include "vault/store/ticket_lock.h"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

namespace coffer {
namespace {

TEST_CASE("threads are served in the order in which they came", "[ticket_lock]") {
  TicketLock lock;
  std::vector<int> order;
  std::vector<std::thread> threads;
  lock.lock();
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&, i] {
      lock.lock();
      order.push_back(i);
      lock.unlock();
    });
    while (lock.waiting() != static_cast<std::uint64_t>(i) + 1) std::this_thread::yield();
  }
  lock.unlock();
  for (std::thread& thread : threads) thread.join();
  CHECK(order == std::vector<int>{0, 1, 2, 3, 4});
  CHECK(lock.waiting() == 0);
}

TEST_CASE("one thread at a time holds the lock", "[ticket_lock]") {
  constexpr int kThreads = 4;
  constexpr int kRounds = 500;
  TicketLock lock;
  int count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        lock.lock();
        const int before = count;
        std::this_thread::yield();
        count = before + 1;
        lock.unlock();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(count == kThreads * kRounds);
}

}  // namespace
}  // namespace coffer
