#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <thread>

#include "vault/store/anchor.h"
#include "vault/store/database.h"
#include "vault/store/digest_keeper.h"
#include "vault/store/read_marks.h"
#include "vault/store/reader_pool.h"
#include "vault/store/sql_connection.h"
#include "vault/store/ticket_lock.h"

namespace coffer {

// The one connection that writes and checkpoints, and whose turn it is.
struct Writer {
  Writer(const std::filesystem::path& path, ReaderPool& readers);

  // Moves the log into the main file; SQLite's result code. Holder of the turn only.
  int checkpoint(bool truncate);
  void begin();
  // Remembers the failure that just happened, if it is the medium's. Holder of the turn only.
  void note_failure();
  // A durable write that changes nothing.
  void try_write();

  SqlConnection connection;
  ReaderPool& readers;
  ReadMarks marks;
  TicketLock turn;
  std::atomic<std::thread::id> holder;  // so that a thread cannot wait for itself
  std::unique_ptr<DigestKeeper> digest;
  std::unique_ptr<Anchor> anchor;  // null: the vault has none
  bool has_anchor_failed = false;  // the last time: a failure is logged once
  int wal_pages = 0;               // after the last commit
  std::atomic<int> fault = 0;      // SQLite's code for why the last write was not stored; 0: it was
};

// Holds the turn; known by thread, so that asking twice is an error and not a deadlock.
// Throws Internal if this thread holds it already.
class Turn {
 public:
  explicit Turn(Writer& writer);
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Writer& writer_;
};

// Holder of the turn only.
void advance_anchor(Writer& writer, Log& log);

// All arguments outlive the transaction.
std::unique_ptr<WriteTransaction> begin_write(Writer& writer, const Keyring& keys, Random& random, Log& log);

}  // namespace coffer
