#include "vault/net/worker_pool.h"

#include <algorithm>
#include <system_error>

namespace coffer {
namespace {

constexpr Duration kUntilWork{-1};
constexpr Duration kPatienceOfExtras = std::chrono::seconds(10);

}  // namespace

WorkerPool::WorkerPool(int threads, int max_threads, Step step, std::function<void()> on_all_blocked)
    : min_threads_(std::max(threads, 1)),
      max_threads_(std::max(max_threads, min_threads_)),
      step_(std::move(step)),
      on_all_blocked_(std::move(on_all_blocked)) {}

WorkerPool::~WorkerPool() {
  stop();
}

void WorkerPool::start() {
  for (int i = 0; i < min_threads_; ++i) add_worker(true);
}

void WorkerPool::stop() {
  stopping_ = true;
  const std::lock_guard lock(mutex_);
  for (Worker& worker : workers_) worker.thread.join();
  workers_.clear();
}

bool WorkerPool::relieve() {
  remove_left();
  if (blocked_ < live_ || stopping_) return false;
  const unsigned returned = returned_;
  const bool is_moving = returned != seen_returned_;
  seen_returned_ = returned;
  if (!is_moving && live_ < max_threads_) add_worker(false);
  return live_ < max_threads_;
}

void WorkerPool::add_worker(bool is_permanent) {
  const std::lock_guard lock(mutex_);
  Worker& worker = workers_.emplace_back();
  ++live_;
  try {
    worker.thread = std::thread([this, &worker, is_permanent] { run(worker, is_permanent); });
  } catch (const std::system_error&) {  // no more threads to be had: go on with those there are
    --live_;
    workers_.pop_back();
    if (is_permanent) throw;
  }
}

void WorkerPool::run(Worker& self, bool is_permanent) {
  bool had_work = true;
  while (!stopping_ && (is_permanent || had_work))
    had_work = step_(is_permanent ? kUntilWork : kPatienceOfExtras);
  --live_;
  self.has_left = true;
}

void WorkerPool::remove_left() {
  const std::lock_guard lock(mutex_);
  workers_.remove_if([](Worker& worker) {
    if (!worker.has_left) return false;
    worker.thread.join();
    return true;
  });
}

WorkerPool::Blocking::Blocking(WorkerPool& pool) : pool_(pool) {
  if (++pool_.blocked_ >= pool_.live_) pool_.on_all_blocked_();
}

WorkerPool::Blocking::~Blocking() {
  ++pool_.returned_;
  --pool_.blocked_;
}

}  // namespace coffer
