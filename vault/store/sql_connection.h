#pragma once

#include <filesystem>
#include <memory>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace coffer {

// One SQLite connection with the vault's settings and its prepared statements. One thread at a
// time. Throws SQLite::Exception, as its callers are the ones that know what a failure means.
class SqlConnection {
 public:
  // Inspect: changes, as they are never committed, reach no file, and a log that is there stays for the
  // next one to write back. No other connection may be open.
  enum class Access { Write, Read, Inspect };

  SqlConnection(const std::filesystem::path& path, Access access);
  ~SqlConnection();
  SqlConnection(const SqlConnection&) = delete;
  SqlConnection& operator=(const SqlConnection&) = delete;

  // Kept by the address of `sql`, which must stay what it is; comes reset and without bindings.
  sqlite3_stmt* prepare(const char* sql);
  // Ends every statement handed out since the last call.
  void reset_statements() noexcept;

  // A cached statement without parameters and rows, when no other is running: BEGIN, COMMIT.
  void run(const char* sql);
  // Any number of statements at once, not kept.
  void execute(const std::string& sql);
  // Writes to the file unless it is in that mode already: not before it is known to be a vault.
  void keep_write_ahead_log();
  // The first column of the first row.
  int value_of(const std::string& sql);

  sqlite3* handle();

 private:
  struct Native;

  sqlite3_stmt* cached(const char* sql);
  void leave_log();  // when the last connection closes

  std::unique_ptr<Native> native_;
};

}  // namespace coffer
