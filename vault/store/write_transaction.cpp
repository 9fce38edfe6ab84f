#include "vault/store/write_transaction.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <cassert>
#include <mutex>

#include "vault/base/error.h"
#include "vault/store/sql_error.h"

namespace coffer {
namespace {

// As SQLite's own automatic checkpoint, 4 MiB; 8 in vaults with pages of 4 KiB.
constexpr int kPagesBeforeCheckpoint = 2000;

int note_wal_pages(void* writer, sqlite3*, const char*, int pages) {
  static_cast<Writer*>(writer)->wal_pages = pages;
  return SQLITE_OK;
}

class Writing final : public WriteTransaction {
 public:
  Writing(Writer& writer, const Keyring& keys, Random& random, Log& log)
      : writer_(writer), keys_(keys), random_(random), log_(log), turn_(writer) {
    converting([&] { writer_.begin(); });
  }

  ~Writing() override {
    if (is_committed_) return;
    writer_.note_failure();
    roll_back();
  }

  sqlite3_stmt* prepare(const char* sql) override {
    assert(!is_committed_);
    return converting([&] { return writer_.connection.prepare(sql); });
  }

  void commit() override {
    converting([&] {
      writer_.digest->store();
      writer_.connection.run("COMMIT");
    });
    is_committed_ = true;
    writer_.fault = SQLITE_OK;
    const bool is_log_long = writer_.wal_pages >= kPagesBeforeCheckpoint;
    if (!is_log_long) writer_.marks.take_one();
    writer_.readers.note_commit();
    writer_.digest->committed();
    advance_anchor(writer_, log_);
    if (is_log_long) shorten_log();
  }

  Random& random() override { return random_; }
  const Keyring& keys() const override { return keys_; }
  Log& log() const override { return log_; }

 private:
  void roll_back() noexcept {
    try {
      writer_.connection.run("ROLLBACK");
    } catch (const SQLite::Exception&) {  // SQLite did it by itself when the failure happened
      writer_.connection.reset_statements();
    }
    writer_.digest->rolled_back();
  }

  // The commit is durable already, so a failure here is worth a line and no more.
  void shorten_log() {
    const int result = writer_.checkpoint(false);
    if (result != SQLITE_OK) log_.warn("checkpoint_failed", {{"reason", sqlite3_errstr(result)}});
  }

  Writer& writer_;
  const Keyring& keys_;
  Random& random_;
  Log& log_;
  Turn turn_;
  bool is_committed_ = false;
};

}  // namespace

Turn::Turn(Writer& writer) : writer_(writer) {
  if (writer.holder == std::this_thread::get_id()) {
    throw Error(ErrorCode::Internal, "this thread is in a write transaction already");
  }
  writer.turn.lock();
  writer.holder = std::this_thread::get_id();
}

Turn::~Turn() {
  writer_.holder = std::thread::id();
  writer_.turn.unlock();
}

Writer::Writer(const std::filesystem::path& path, ReaderPool& pool)
    : connection(path, SqlConnection::Access::Write), readers(pool), marks(path) {
  sqlite3_wal_hook(connection.handle(), note_wal_pages, this);
}

int Writer::checkpoint(bool truncate) {
  const int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  if (truncate) readers.keep_snapshots(false);
  readers.end_idle_snapshots();
  marks.release();
  const int result = sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, mode, nullptr, nullptr);
  if (truncate) readers.keep_snapshots(true);
  return result;
}

void Writer::begin() {
  try {
    connection.run("BEGIN IMMEDIATE");
  } catch (const SQLite::Exception&) {
    note_failure();
    throw;
  }
}

void Writer::note_failure() {
  const int code = sqlite3_errcode(connection.handle()) & 0xFF;  // the primary code
  if (code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_READONLY) fault = code;
}

void Writer::try_write() {
  const Turn mine(*this);
  try {
    begin();
    connection.execute("PRAGMA user_version = " + std::to_string(connection.value_of("PRAGMA user_version")));
    connection.run("COMMIT");
    fault = SQLITE_OK;
  } catch (const SQLite::Exception&) {
    note_failure();
    if (sqlite3_get_autocommit(connection.handle()) == 0) connection.run("ROLLBACK");
  }
}

// The commit stands without it, so a failure here is worth a line and no more.
void advance_anchor(Writer& writer, Log& log) {
  if (!writer.anchor) return;
  try {
    writer.anchor->advance(writer.digest->commits());
    writer.has_anchor_failed = false;
  } catch (const Error& error) {
    if (!writer.has_anchor_failed) log.warn("anchor_failed", {{"reason", error.what()}});
    writer.has_anchor_failed = true;
  }
}

std::unique_ptr<WriteTransaction> begin_write(Writer& writer, const Keyring& keys, Random& random, Log& log) {
  return std::make_unique<Writing>(writer, keys, random, log);
}

}  // namespace coffer
