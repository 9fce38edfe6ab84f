#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <semaphore>
#include <vector>

#include "vault/base/brief_lock.h"
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
// three system calls, and SQLite then forgets every page it had read. Any thread.
class ReaderPool {
 public:
  explicit ReaderPool(std::filesystem::path path);

  // In a transaction that sees all that was committed. Blocks while all are lent out.
  // Throws SQLite::Exception.
  std::unique_ptr<Reader> take();
  void give_back(std::unique_ptr<Reader> reader) noexcept;

  // The writer says so after each commit: take() may return what is older until then, and never
  // after. Where there were reads since the last commit, one idle reader is first put on the new
  // snapshot, with the pages that lead to an account read, so that the next read finds it so.
  void note_commit() noexcept;
  // Before a checkpoint, which cannot pass a snapshot that somebody stands on.
  void end_idle_snapshots() noexcept;
  // False: snapshots end with the read that used them, for a checkpoint that waits for the last one.
  void keep_snapshots(bool keep) noexcept;
  void close_idle() noexcept;

 private:
  std::unique_ptr<Reader> take_idle();
  bool is_current(const std::unique_ptr<Reader>& reader) const { return reader->commits_seen == commits_; }
  bool may_renew();
  std::unique_ptr<Reader> take_outdated();
  std::unique_ptr<Reader> renewed() noexcept;

  std::filesystem::path path_;
  std::atomic<std::uint64_t> commits_ = 0;
  std::counting_semaphore<> lendable_;
  BriefLock lock_;  // guards all below
  std::vector<std::unique_ptr<Reader>> idle_;
  bool is_read_since_commit_ = false;
  bool keeps_snapshots_ = true;
};

}  // namespace coffer
