#pragma once

#include <cstdint>
#include <vector>

#include "vault/crypto/set_digest.h"
#include "vault/store/sql_connection.h"

struct sqlite3;

namespace coffer {

// The digest over the MACs of all rows, with a count of rows and of commits, as stored.
struct DigestRow {
  std::int64_t commits = 0;
  std::int64_t row_count = 0;
  SetDigest digest;

  // Throws CorruptHeader if it is missing or fails authentication.
  static DigestRow read(SqlConnection& connection, const Keyring& keys);
  void write(SqlConnection& connection, const Keyring& keys) const;

  bool is_of_same_rows(const DigestRow& other) const {
    return digest == other.digest && row_count == other.row_count;
  }
};

// Follows every change that the writing connection makes to a row with a MAC, whichever
// statement makes it, and stores the new digest with each commit. The writer's lock guards it.
class DigestKeeper {
 public:
  DigestKeeper(SqlConnection& writer, const Keyring& keys);
  ~DigestKeeper();
  DigestKeeper(const DigestKeeper&) = delete;
  DigestKeeper& operator=(const DigestKeeper&) = delete;

  // Last thing before COMMIT.
  void store();
  void committed() { stored_ = pending_; }
  void rolled_back();
  std::int64_t commits() const { return stored_.commits; }

 private:
  static void on_change(void* self, sqlite3* db, int operation, const char* database, const char* table,
                        long long old_row, long long new_row);
  void follow(sqlite3* db, int operation, const char* table);

  SqlConnection& writer_;
  const Keyring& keys_;
  DigestRow stored_;
  DigestRow pending_;
  bool has_changed_ = false;
  bool has_failed_ = false;
};

}  // namespace coffer
