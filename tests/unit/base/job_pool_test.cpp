#include "vault/base/job_pool.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <future>

using namespace coffer;

TEST_CASE("a job pool runs every job", "[job_pool]") {
  JobPool pool({.threads = 3, .per_key = 2});
  std::atomic<int> done = 0;
  for (int i = 0; i < 100; ++i) CHECK(pool.submit(std::to_string(i % 5), [&] { ++done; }));
  pool.wait_idle();
  CHECK(done == 100);
}

TEST_CASE("a key that is stuck leaves threads to the others", "[job_pool]") {
  JobPool pool({.threads = 4, .per_key = 2});
  std::promise<void> release;
  const auto gate = release.get_future().share();
  std::atomic<int> stuck = 0;
  for (int i = 0; i < 10; ++i) {
    pool.submit("slow", [&] {
      ++stuck;
      gate.wait();
    });
  }
  std::promise<void> other;
  pool.submit("quick", [&] { other.set_value(); });
  CHECK(other.get_future().wait_for(std::chrono::seconds(30)) == std::future_status::ready);
  CHECK(stuck <= 2);
  release.set_value();
  pool.wait_idle();
  CHECK(stuck == 10);
}

TEST_CASE("a stopped pool ends what runs and drops what waits", "[job_pool]") {
  JobPool pool({.threads = 1, .per_key = 1});
  std::promise<void> began, release;
  const auto gate = release.get_future().share();
  std::atomic<int> done = 0;
  pool.submit("k", [&] {
    began.set_value();
    gate.wait();
    ++done;
  });
  pool.submit("k", [&] { ++done; });
  began.get_future().wait();
  std::thread stopper([&] { pool.stop(); });
  while (pool.submit("probe", [] {})) {
  }
  release.set_value();
  stopper.join();
  CHECK(done == 1);
  CHECK_FALSE(pool.submit("k", [&] { ++done; }));
}
