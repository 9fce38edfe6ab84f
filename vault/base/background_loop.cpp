#include "vault/base/background_loop.h"

#include <algorithm>

namespace coffer {

BackgroundLoop::BackgroundLoop(const Clock& clock, std::function<std::optional<Timestamp>()> step)
    : clock_(clock), step_(std::move(step)) {}

BackgroundLoop::~BackgroundLoop() {
  stop();
}

void BackgroundLoop::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void BackgroundLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void BackgroundLoop::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void BackgroundLoop::run() {
  constexpr Duration kLongestWait = std::chrono::seconds(30);
  constexpr Duration kShortestWait = std::chrono::milliseconds(5);  // no spinning on a frozen clock
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    const std::optional<Timestamp> next = step_();
    const Duration wait = next ? std::clamp(*next - clock_.now(), kShortestWait, kLongestWait) : kLongestWait;
    lock.lock();
    changed_.wait_for(lock, wait, [this] { return stopping_ || woken_; });
  }
}

}  // namespace coffer
