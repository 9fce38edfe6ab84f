#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "vault/base/clock.h"
#include "vault/crypto/keyring.h"
#include "vault/store/database.h"
#include "vault/store/sql_connection.h"

namespace coffer {

// The newest commit of a vault that was seen, in a small file outside of the vault's directory, so that an
// older copy of the vault is told apart from the vault. Authenticated; it may lag behind the vault, which
// is committed first, and never runs ahead of it. docs/storage-format.md. Any thread.
class Anchor {
 public:
  // `keys` outlive the anchor.
  Anchor(std::filesystem::path file, const Keyring& keys);
  ~Anchor();
  Anchor(const Anchor&) = delete;
  Anchor& operator=(const Anchor&) = delete;

  const std::filesystem::path& file() const { return file_; }

  // nullopt: none was made yet. Throws WrongState for one that fails authentication, UnsafePermissions,
  // Storage.
  std::optional<std::int64_t> seen() const;
  // Throws WrongState, which opening a vault throws for nothing else, if this is older than what was seen;
  // and what seen() throws.
  void check(std::int64_t commits) const;

  // The file, if there is none; it remembers `commits` then. Throws Storage.
  void make(std::int64_t commits);
  // Remembers `commits`. A write in place and no sync: as cheap as a system call, and a power cut leaves at
  // worst what was seen before. Its directory is made if missing. Throws Storage.
  void advance(std::int64_t commits);
  // In place of whatever is there, and on the disk when it returns. Throws Storage.
  void replace(std::int64_t commits);

 private:
  void open_file(const std::string& line);
  void write(std::int64_t commits);

  const Keyring& keys_;
  std::filesystem::path file_;
  std::mutex mutex_;  // guards fd_
  int fd_ = -1;
};

namespace anchors {

// What to do about a vault that is older than what was seen of it.
inline constexpr const char* kWayOut =
    "put the newest vault back; or, if this one is to be the vault from now on: coffer anchor accept";

std::filesystem::path file_in(const std::filesystem::path& directory, const Keyring& keys);

// The anchor of an unlocked vault; null where none was set. Which vaults have one stands in their header,
// and in which directory in a sealed document, so that neither can be dropped in the file.
// Throws WrongState where the document fails authentication.
std::unique_ptr<Anchor> find(SqlConnection& connection, const Keyring& keys, Log& log);

struct State {
  std::filesystem::path file;  // empty: the vault has no anchor
  bool was_seen = false;       // something is remembered there
};
// Of an unlocked vault. Throws WrongState if it is older than what was seen, and what Anchor::seen() throws.
State state_of(SqlConnection& connection, const Keyring& keys, Log& log);

// All below are for a vault that nobody serves, and throw as Database::open does.

State look(VaultLocation location, Log& log);  // as state_of()
// From now on commits are remembered in this directory, which is made if missing. Throws WrongState where
// what was remembered there is newer.
void set(VaultLocation location, const std::filesystem::path& directory, Timestamp now, Random& random,
         Log& log);
// From now on they are remembered nowhere.
void remove(VaultLocation location, Timestamp now, Random& random, Log& log);
// Whatever was seen before, this is the vault now: it becomes newer than all of that, and the set digest
// speaks of the rows that are there. Rows that fail authentication go on failing. Returns its commit.
std::int64_t accept(VaultLocation location, Random& random, Log& log);

}  // namespace anchors
}  // namespace coffer
