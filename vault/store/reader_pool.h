#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "vault/store/sql_connection.h"

namespace coffer {

// A read-only connection and the snapshot it stands on.
struct Reader {
  explicit Reader(const std::filesystem::path& path) : connection(path, SqlConnection::Access::Read) {}

  SqlConnection connection;
  std::uint64_t commits_seen = 0;
};

// A few read-only connections, opened when first needed. One that comes back keeps its snapshot,
// and goes out with it again for as long as nothing was committed: beginning a snapshot costs
// three system calls. Any thread.
class ReaderPool {
 public:
  explicit ReaderPool(std::filesystem::path path) : path_(std::move(path)) {}

  // In a transaction that sees all that was committed. Blocks while all are lent out.
  // Throws SQLite::Exception.
  std::unique_ptr<Reader> take();
  void give_back(std::unique_ptr<Reader> reader) noexcept;

  // The writer says so after each commit.
  void note_commit() { ++commits_; }
  // Before a checkpoint, which cannot pass a snapshot that somebody stands on.
  void end_idle_snapshots() noexcept;
  void close_idle() noexcept;

 private:
  std::unique_ptr<Reader> take_idle();

  std::filesystem::path path_;
  std::atomic<std::uint64_t> commits_ = 0;
  std::mutex mutex_;  // guards all below
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Reader>> idle_;
  int lent_ = 0;
};

}  // namespace coffer
