#include "vault/store/reader_pool.h"

namespace coffer {
namespace {

constexpr int kMostReaders = 8;

}  // namespace

std::unique_ptr<SqlConnection> ReaderPool::take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [&] { return lent_ < kMostReaders; });
  ++lent_;
  if (!idle_.empty()) {
    std::unique_ptr<SqlConnection> connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }
  lock.unlock();
  try {
    return std::make_unique<SqlConnection>(path_, SqlConnection::Access::Read);
  } catch (...) {
    give_back(nullptr);
    throw;
  }
}

void ReaderPool::give_back(std::unique_ptr<SqlConnection> connection) noexcept {
  {
    const std::lock_guard lock(mutex_);
    --lent_;
    if (connection) {
      idle_.reserve(kMostReaders);
      idle_.push_back(std::move(connection));
    }
  }
  returned_.notify_one();
}

}  // namespace coffer
