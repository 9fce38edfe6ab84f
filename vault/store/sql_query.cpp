#include "vault/store/sql_query.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include "vault/store/sql_error.h"

namespace coffer {
namespace {

[[noreturn]] void throw_failure(sqlite3_stmt* statement, int result) {
  try {
    throw SQLite::Exception(sqlite3_db_handle(statement), result);
  } catch (...) {
    rethrow_converted();
  }
}

bool is_null(sqlite3_value* value) {
  return sqlite3_value_type(value) == SQLITE_NULL;
}

std::string_view text_of(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

int bind_blob(sqlite3_stmt* statement, int parameter, Bytes value, sqlite3_destructor_type kept) {
  if (value.empty()) return sqlite3_bind_null(statement, parameter);
  return sqlite3_bind_blob(statement, parameter, value.data(), static_cast<int>(value.size()), kept);
}

int bind_text(sqlite3_stmt* statement, int parameter, std::string_view value, sqlite3_destructor_type kept) {
  // A view of nothing has no address, which SQLite would take for NULL.
  const char* const data = value.empty() ? "" : value.data();
  return sqlite3_bind_text(statement, parameter, data, static_cast<int>(value.size()), kept);
}

}  // namespace

SqlQuery::SqlQuery(SqlConnection& connection, const char* sql)
    : statement_(converting([&] { return connection.prepare(sql); })) {}

SqlQuery::~SqlQuery() {
  sqlite3_reset(statement_);
}

SqlQuery& SqlQuery::bound(int result) {
  if (result != SQLITE_OK) throw_failure(statement_, result);
  ++next_parameter_;
  return *this;
}

SqlQuery& SqlQuery::text(std::string_view value) {
  return bound(bind_text(statement_, next_parameter_, value, SQLITE_TRANSIENT));
}

SqlQuery& SqlQuery::kept_text(std::string_view value) {
  return bound(bind_text(statement_, next_parameter_, value, SQLITE_STATIC));
}

SqlQuery& SqlQuery::kept_blob(Bytes value) {
  return bound(bind_blob(statement_, next_parameter_, value, SQLITE_STATIC));
}

SqlQuery& SqlQuery::optional_text(const std::optional<std::string>& value) {
  return value ? text(*value) : null();
}

SqlQuery& SqlQuery::number(std::int64_t value) {
  return bound(sqlite3_bind_int64(statement_, next_parameter_, value));
}

SqlQuery& SqlQuery::number(const std::optional<std::int64_t>& value) {
  return value ? number(*value) : null();
}

SqlQuery& SqlQuery::time(const std::optional<Timestamp>& value) {
  return value ? number(to_ms(*value)) : null();
}

SqlQuery& SqlQuery::blob(Bytes value) {
  return bound(bind_blob(statement_, next_parameter_, value, SQLITE_TRANSIENT));
}

SqlQuery& SqlQuery::null() {
  return bound(sqlite3_bind_null(statement_, next_parameter_));
}

bool SqlQuery::step() {
  next_column_ = 0;
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) throw_failure(statement_, result);
  return false;
}

int SqlQuery::run() {
  while (step()) {
  }
  return sqlite3_changes(sqlite3_db_handle(statement_));
}

// SQLite calls this value unprotected: safe, since a connection has one thread at a time. Asking
// the column for each of its sides would look it up, and the mutex it has not, once for each.
sqlite3_value* SqlQuery::next() {
  return sqlite3_column_value(statement_, next_column_++);
}

std::string_view SqlQuery::view() {
  return text_of(next());
}

std::optional<std::string> SqlQuery::optional_text() {
  sqlite3_value* const value = next();
  return is_null(value) ? std::nullopt : std::optional<std::string>(text_of(value));
}

std::int64_t SqlQuery::number() {
  return sqlite3_value_int64(next());
}

std::optional<std::int64_t> SqlQuery::optional_number() {
  sqlite3_value* const value = next();
  return is_null(value) ? std::nullopt : std::optional(sqlite3_value_int64(value));
}

std::optional<Timestamp> SqlQuery::optional_time() {
  const std::optional<std::int64_t> ms = optional_number();
  return ms ? std::optional(from_ms(*ms)) : std::nullopt;
}

Bytes SqlQuery::blob() {
  sqlite3_value* const value = next();
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_value_blob(value));
  return {data, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

std::vector<std::uint8_t> SqlQuery::copied_blob() {
  const Bytes bytes = blob();
  return {bytes.begin(), bytes.end()};
}

}  // namespace coffer
