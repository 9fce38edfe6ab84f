#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

#include "vault/base/clock.h"

namespace coffer {

// Threads that run `step` again and again. Parts of a step that may wait long are marked by
// Blocking; while all threads are inside such parts the pool can grow, up to its bound, and the
// additional threads leave when they have found no work for a while.
class WorkerPool {
 public:
  // `step` waits for one piece of work, at most `patience` (negative: for ever), does it, and says
  // whether there was any.
  using Step = std::function<bool(Duration patience)>;

  // `on_all_blocked` is called on a pool thread: somebody should call relieve() a moment later.
  WorkerPool(int threads, int max_threads, Step step, std::function<void()> on_all_blocked);
  ~WorkerPool();  // stop()

  void start();
  // After the caller made every waiting step() return. Waits for all threads.
  void stop();

  // Adds a thread if all are blocked and none has come back since the last call. True if somebody
  // should look again soon.
  bool relieve();

  class Blocking {
   public:
    explicit Blocking(WorkerPool& pool);
    ~Blocking();
    Blocking(const Blocking&) = delete;
    Blocking& operator=(const Blocking&) = delete;

   private:
    WorkerPool& pool_;
  };

  int threads() const { return live_; }

 private:
  struct Worker {
    std::thread thread;
    std::atomic<bool> has_left{false};
  };

  void add_worker(bool is_permanent);
  void run(Worker& self, bool is_permanent);
  void remove_left();

  const int min_threads_;
  const int max_threads_;
  Step step_;
  std::function<void()> on_all_blocked_;
  std::mutex mutex_;  // guards workers_
  std::list<Worker> workers_;
  std::atomic<int> live_{0};
  std::atomic<int> blocked_{0};
  std::atomic<unsigned> returned_{0};  // how often a thread came back from a blocking part
  unsigned seen_returned_ = 0;         // relieve() only
  std::atomic<bool> stopping_{false};
};

}  // namespace coffer
