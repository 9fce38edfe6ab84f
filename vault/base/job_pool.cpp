#include "vault/base/job_pool.h"

#include <algorithm>
#include <utility>

namespace coffer {

JobPool::~JobPool() {
  stop();
}

bool JobPool::submit(std::string key, std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    if (threads_.size() < limits_.threads && threads_.size() <= busy_ + waiting_.size()) {
      threads_.emplace_back([this] { run(); });
    }
    waiting_.push_back({std::move(key), std::move(job)});
  }
  changed_.notify_all();
  return true;
}

void JobPool::wait_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.empty() && busy_ == 0; });
}

void JobPool::stop() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    waiting_.clear();
    threads.swap(threads_);
  }
  changed_.notify_all();
  for (auto& thread : threads) thread.join();
}

std::deque<JobPool::Job>::iterator JobPool::next_runnable() {
  return std::find_if(waiting_.begin(), waiting_.end(), [this](const Job& job) {
    const auto running = running_.find(job.key);
    return running == running_.end() || running->second < limits_.per_key;
  });
}

void JobPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || next_runnable() != waiting_.end(); });
    if (stopping_) return;
    const auto next = next_runnable();
    Job job = std::move(*next);
    waiting_.erase(next);
    ++running_[job.key];
    ++busy_;
    lock.unlock();
    job.work();
    job.work = nullptr;
    lock.lock();
    --busy_;
    if (--running_[job.key] == 0) running_.erase(job.key);
    changed_.notify_all();
  }
}

}  // namespace coffer
