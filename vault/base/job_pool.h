#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace coffer {

// A few threads that run jobs in order of arrival, but never more than `per_key` jobs of one key
// at a time, so that one slow host cannot hold all threads. Threads are made when jobs come.
// Jobs must not throw. Any thread may call; a job may submit but not wait.
class JobPool {
 public:
  struct Limits {
    std::size_t threads = 8;
    std::size_t per_key = 4;
  };

  explicit JobPool(Limits limits) : limits_(limits) {}
  ~JobPool();  // stop()

  // False once stopped: the job is dropped.
  bool submit(std::string key, std::function<void()> job);
  // Returns when nothing is waiting or running.
  void wait_idle();
  // Drops what has not begun, waits for what has. Idempotent.
  void stop();

 private:
  struct Job {
    std::string key;
    std::function<void()> work;
  };
  void run();
  std::deque<Job>::iterator next_runnable();

  const Limits limits_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  std::map<std::string, std::size_t> running_;  // by key
  std::size_t busy_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace coffer
