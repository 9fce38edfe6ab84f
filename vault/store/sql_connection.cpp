#include "vault/store/sql_connection.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

namespace coffer {
namespace {

constexpr int kBusyTimeoutMs = 5000;

// Each connection is used by one thread at a time, so SQLite's own mutexes are not needed.
int flags_for(SqlConnection::Access access) {
  const int mode = access == SqlConnection::Access::Write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  return mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
}

constexpr const char* kSettings = R"sql(
  PRAGMA cell_size_check = ON;
  PRAGMA mmap_size = 0;
  PRAGMA temp_store = MEMORY;
  PRAGMA foreign_keys = OFF;
)sql";

constexpr const char* kWriterSettings = R"sql(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 0;
  PRAGMA secure_delete = ON;
)sql";

constexpr const char* kReaderSettings = "PRAGMA query_only = ON";

}  // namespace

SqlConnection::SqlConnection(const std::filesystem::path& path, Access access)
    : database_(std::make_unique<SQLite::Database>(path.string(), flags_for(access), kBusyTimeoutMs)) {
  sqlite3* const handle = database_->getHandle();
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  database_->exec(kSettings);
  if (access == Access::Write) {
    database_->exec(kWriterSettings);
  } else {
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    database_->exec(kReaderSettings);
  }
}

SqlConnection::~SqlConnection() = default;

SQLite::Statement& SqlConnection::prepare(const char* sql) {
  std::unique_ptr<SQLite::Statement>& statement = statements_[sql];
  if (!statement) statement = std::make_unique<SQLite::Statement>(*database_, sql);
  statement->reset();
  statement->clearBindings();
  in_use_.push_back(statement.get());
  return *statement;
}

void SqlConnection::reset_statements() noexcept {
  for (SQLite::Statement* statement : in_use_) statement->tryReset();
  in_use_.clear();
}

void SqlConnection::execute(const char* sql) {
  database_->exec(sql);
}

}  // namespace coffer
