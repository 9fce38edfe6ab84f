#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "vault/base/env.h"
#include "vault/model/key_source.h"

struct sqlite3_stmt;

namespace coffer {

class Keyring;

// What store functions run in. A transaction belongs to one thread and is never held across a
// network call.
class Transaction {
 public:
  virtual ~Transaction() = default;
  Transaction() = default;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // From the connection's statement cache, reset and without bindings. `sql` must be a literal:
  // its address is the cache key. One user of a statement at a time.
  virtual sqlite3_stmt* prepare(const char* sql) = 0;
  virtual const Keyring& keys() const = 0;
  // Where rows that fail authentication are named.
  virtual Log& log() const = 0;
};

class ReadTransaction : public Transaction {};

// Rolls back unless committed. commit() returns when the change is durable (synchronous=FULL).
class WriteTransaction : public Transaction {
 public:
  virtual void commit() = 0;
  virtual Random& random() = 0;
};

struct VaultLocation {
  std::filesystem::path path;  // the .db file; its directory is 0700, made if missing
  KeySource key;
  bool create_if_missing = true;
  // The steps that make the schema. Empty: this release's; others are for tests of migrations.
  std::span<const char* const> schema = {};
  // It goes with the process that made it: commits do not wait for the disk.
  bool is_temporary = false;
};

// The vault file: one writer and a few read-only connections, behind an exclusive lock file held
// for the life of this object. Any thread.
// Opening throws VaultInUse, WrongKey, CorruptHeader, NewerFormat, UnsafePermissions, NotFound
// (missing and not to be created) or Storage. The cost of VaultInUse is one system call.
class Database {
 public:
  static std::unique_ptr<Database> open(VaultLocation location, Random& random, Log& log);
  virtual ~Database() = default;

  // Readers do not wait for writers. Blocks while all read connections are lent out.
  virtual std::unique_ptr<ReadTransaction> read() = 0;
  // Waits for its turn, first come first served.
  virtual std::unique_ptr<WriteTransaction> write() = 0;

  // Moves the write-ahead log into the main file; with `truncate` no deleted page stays behind.
  // Throws Storage while a read transaction stands in its way, Internal inside the caller's own
  // write transaction.
  virtual void checkpoint(bool truncate) = 0;

  // Why the last write could not be stored: the disk is full, broken or read-only. Empty if it was.
  // After such a failure each call tries a small write, so that it is found out when writes go well
  // again; before one it costs nothing.
  virtual std::string write_fault() = 0;

  virtual std::string vault_uuid() const = 0;
  virtual int schema_version() const = 0;
  // PRAGMA integrity_check, every row's MAC, the set digest; returns one line per fault, empty when sound.
  virtual std::vector<std::string> check() = 0;
};

}  // namespace coffer
