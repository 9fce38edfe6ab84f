#include "vault/store/sql_connection.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <algorithm>

namespace coffer {
namespace {

constexpr int kBusyTimeoutMs = 5000;

// Each connection is used by one thread at a time, so SQLite's own mutexes are not needed.
int flags_for(SqlConnection::Access access) {
  const int mode = access == SqlConnection::Access::Read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  return mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
}

// The cache has room for the index pages of 100,000 accounts.
constexpr const char* kSettings = R"sql(
  PRAGMA cell_size_check = ON;
  PRAGMA cache_size = -8192;
  PRAGMA mmap_size = 0;
  PRAGMA temp_store = MEMORY;
)sql";

// A commit writes whole pages, so new vaults have small ones (docs/decisions/0009); others keep theirs.
constexpr const char* kWriterSettings = R"sql(
  PRAGMA page_size = 2048;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 0;
  PRAGMA journal_size_limit = 16777216;
  PRAGMA secure_delete = ON;
)sql";

constexpr const char* kReaderSettings = R"sql(
  PRAGMA query_only = ON;
)sql";

// The index of the log is kept in memory then, and pages that were changed are not written out early.
constexpr const char* kInspectorSettings = R"sql(
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA cache_spill = OFF;
)sql";

struct Finalizer {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

}  // namespace

// SQLiteCpp's Statement counts references on each column read and copies each text to bind it, so
// statements are SQLite's own.
struct SqlConnection::Native {
  Native(const std::filesystem::path& path, Access access)
      : database(path.string(), flags_for(access), kBusyTimeoutMs) {}

  SQLite::Database database;
  std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, Finalizer>> statements;
  std::vector<sqlite3_stmt*> in_use;
};

SqlConnection::SqlConnection(const std::filesystem::path& path, Access access)
    : native_(std::make_unique<Native>(path, access)) {
  sqlite3_db_config(handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  switch (access) {
    case Access::Write:
      execute(kSettings);
      execute(kWriterSettings);
      break;
    case Access::Read:
      execute(kSettings);
      execute(kReaderSettings);
      leave_log();
      break;
    case Access::Inspect:
      if (std::filesystem::exists(path.string() + "-wal")) leave_log();
      execute(kInspectorSettings);  // before SQLite looks at the file
      execute(kSettings);
      break;
  }
}

SqlConnection::~SqlConnection() = default;

void SqlConnection::leave_log() {
  sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

sqlite3* SqlConnection::handle() {
  return native_->database.getHandle();
}

sqlite3_stmt* SqlConnection::cached(const char* sql) {
  auto& statement = native_->statements[sql];
  if (!statement) {
    sqlite3_stmt* made = nullptr;
    const int result = sqlite3_prepare_v3(handle(), sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    if (result != SQLITE_OK) throw SQLite::Exception(handle(), result);
    statement.reset(made);
  }
  return statement.get();
}

sqlite3_stmt* SqlConnection::prepare(const char* sql) {
  sqlite3_stmt* const statement = cached(sql);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  auto& in_use = native_->in_use;
  if (std::find(in_use.begin(), in_use.end(), statement) == in_use.end()) in_use.push_back(statement);
  return statement;
}

void SqlConnection::reset_statements() noexcept {
  for (sqlite3_stmt* statement : native_->in_use) {
    if (sqlite3_stmt_busy(statement) != 0) sqlite3_reset(statement);
  }
  native_->in_use.clear();
}

void SqlConnection::run(const char* sql) {
  reset_statements();
  sqlite3_stmt* const statement = cached(sql);
  const int result = sqlite3_step(statement);
  sqlite3_reset(statement);
  if (result != SQLITE_DONE) throw SQLite::Exception(handle(), result);
}

void SqlConnection::execute(const std::string& sql) {
  native_->database.exec(sql);
}

void SqlConnection::keep_write_ahead_log() {
  execute("PRAGMA journal_mode = WAL");
}

int SqlConnection::value_of(const std::string& sql) {
  return native_->database.execAndGet(sql.c_str()).getInt();
}

}  // namespace coffer
