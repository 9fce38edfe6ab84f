#pragma once

#include <filesystem>
#include <memory>
#include <unordered_map>
#include <vector>

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace coffer {

// One SQLite connection with the vault's settings and its prepared statements. One thread at a
// time. Throws SQLite::Exception, as its callers are the ones that know what a failure means.
class SqlConnection {
 public:
  enum class Access { Write, Read };

  SqlConnection(const std::filesystem::path& path, Access access);
  ~SqlConnection();
  SqlConnection(const SqlConnection&) = delete;
  SqlConnection& operator=(const SqlConnection&) = delete;

  // Kept by the address of `sql`; comes reset and without bindings.
  SQLite::Statement& prepare(const char* sql);
  // Ends every statement handed out since the last call.
  void reset_statements() noexcept;
  // Any number of statements at once, not kept.
  void execute(const char* sql);
  SQLite::Database& database() { return *database_; }

 private:
  std::unique_ptr<SQLite::Database> database_;
  std::unordered_map<const char*, std::unique_ptr<SQLite::Statement>> statements_;
  std::vector<SQLite::Statement*> in_use_;
};

}  // namespace coffer
