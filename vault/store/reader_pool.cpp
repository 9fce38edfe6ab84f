#include "vault/store/reader_pool.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <algorithm>
#include <mutex>
#include <utility>

namespace coffer {
namespace {

constexpr std::size_t kMostReaders = 8;

bool is_in_transaction(Reader& reader) {
  return sqlite3_get_autocommit(reader.connection.handle()) == 0;
}

// Leads through the pages that the read of any one account begins with.
constexpr const char* kOneAccount = "SELECT toolkit FROM connection ORDER BY id LIMIT 1";

// The count is read before the snapshot begins, so that a commit in between makes it look older
// than it is and never newer.
void stand_on_newest(Reader& reader, std::uint64_t commits) {
  if (is_in_transaction(reader)) {
    if (reader.commits_seen == commits) return;
    reader.connection.run("COMMIT");
  }
  reader.connection.run("BEGIN");
  reader.commits_seen = commits;
}

// False where that failed: the reader is of no use any more.
bool end_snapshot(Reader& reader) {
  try {
    if (is_in_transaction(reader)) reader.connection.run("COMMIT");
    return true;
  } catch (const SQLite::Exception&) {
    return false;
  }
}

}  // namespace

ReaderPool::ReaderPool(std::filesystem::path path) : path_(std::move(path)), lendable_(kMostReaders) {
  idle_.reserve(2 * kMostReaders);
}

std::unique_ptr<Reader> ReaderPool::take_idle() {
  const std::lock_guard guard(lock_);
  is_read_since_commit_ = true;
  if (idle_.empty()) return nullptr;
  const auto current = std::find_if(idle_.begin(), idle_.end(), [&](const auto& r) { return is_current(r); });
  if (current != idle_.end()) std::iter_swap(current, idle_.end() - 1);
  std::unique_ptr<Reader> reader = std::move(idle_.back());
  idle_.pop_back();
  return reader;
}

std::unique_ptr<Reader> ReaderPool::take() {
  lendable_.acquire();
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
    const std::lock_guard guard(lock_);
    if (reader && (keeps_snapshots_ || end_snapshot(*reader))) idle_.push_back(std::move(reader));
  }
  lendable_.release();
}

bool ReaderPool::may_renew() {
  const std::lock_guard guard(lock_);
  return std::exchange(is_read_since_commit_, false);
}

// A current one serves reads until the commit is noted, so it is left where it is.
std::unique_ptr<Reader> ReaderPool::take_outdated() {
  const std::lock_guard guard(lock_);
  const auto outdated =
      std::find_if(idle_.begin(), idle_.end(), [&](const auto& r) { return !is_current(r); });
  if (outdated == idle_.end()) return nullptr;
  std::unique_ptr<Reader> reader = std::move(*outdated);
  idle_.erase(outdated);
  return reader;
}

// The commit stands, whatever becomes of this.
std::unique_ptr<Reader> ReaderPool::renewed() noexcept {
  try {
    if (!may_renew()) return nullptr;
    std::unique_ptr<Reader> reader = take_outdated();
    if (!reader) reader = std::make_unique<Reader>(path_);
    stand_on_newest(*reader, commits_ + 1);
    sqlite3_step(reader->connection.prepare(kOneAccount));
    reader->connection.reset_statements();
    return reader;
  } catch (const std::exception&) {
    return nullptr;
  }
}

void ReaderPool::note_commit() noexcept {
  std::unique_ptr<Reader> reader = renewed();
  const std::lock_guard guard(lock_);
  ++commits_;
  if (reader && idle_.size() < kMostReaders) idle_.push_back(std::move(reader));
}

void ReaderPool::end_idle_snapshots() noexcept {
  const std::lock_guard guard(lock_);
  std::erase_if(idle_, [](const std::unique_ptr<Reader>& reader) { return !end_snapshot(*reader); });
}

void ReaderPool::keep_snapshots(bool keep) noexcept {
  const std::lock_guard guard(lock_);
  keeps_snapshots_ = keep;
}

void ReaderPool::close_idle() noexcept {
  const std::lock_guard guard(lock_);
  idle_.clear();
}

}  // namespace coffer
