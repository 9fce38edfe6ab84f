#include "vault/store/reader_pool.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace coffer {
namespace {

constexpr int kMostReaders = 8;

bool is_in_transaction(Reader& reader) {
  return sqlite3_get_autocommit(reader.connection.handle()) == 0;
}

// The count is read before the snapshot begins, so that a commit in between makes it look older
// than it is and never newer.
void stand_on_newest(Reader& reader, const std::atomic<std::uint64_t>& commits) {
  const std::uint64_t now = commits;
  if (is_in_transaction(reader)) {
    if (reader.commits_seen == now) return;
    reader.connection.run("COMMIT");
  }
  reader.connection.run("BEGIN");
  reader.commits_seen = now;
}

}  // namespace

std::unique_ptr<Reader> ReaderPool::take_idle() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [&] { return lent_ < kMostReaders; });
  ++lent_;
  if (idle_.empty()) return nullptr;
  std::unique_ptr<Reader> reader = std::move(idle_.back());
  idle_.pop_back();
  return reader;
}

std::unique_ptr<Reader> ReaderPool::take() {
  std::unique_ptr<Reader> reader = take_idle();
  try {
    if (!reader) reader = std::make_unique<Reader>(path_);
    stand_on_newest(*reader, commits_);
    return reader;
  } catch (...) {
    give_back(nullptr);
    throw;
  }
}

void ReaderPool::give_back(std::unique_ptr<Reader> reader) noexcept {
  if (reader) reader->connection.reset_statements();
  {
    const std::lock_guard lock(mutex_);
    --lent_;
    idle_.reserve(kMostReaders);
    if (reader) idle_.push_back(std::move(reader));
  }
  returned_.notify_one();
}

void ReaderPool::end_idle_snapshots() noexcept {
  const std::lock_guard lock(mutex_);
  std::erase_if(idle_, [](const std::unique_ptr<Reader>& reader) {
    try {
      if (is_in_transaction(*reader)) reader->connection.run("COMMIT");
      return false;
    } catch (const SQLite::Exception&) {
      return true;
    }
  });
}

void ReaderPool::close_idle() noexcept {
  const std::lock_guard lock(mutex_);
  idle_.clear();
}

}  // namespace coffer
