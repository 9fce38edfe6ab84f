#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/secret.h"
#include "vault/store/database.h"
#include "vault/store/sql_connection.h"

struct sqlite3_value;

namespace coffer {

// One use of a cached statement: parameters and columns are taken from left to right. Failures
// leave as Error. Resets the statement when it goes.
class SqlQuery {
 public:
  // `sql` is of static life: its address names the statement.
  SqlQuery(Transaction& tx, const char* sql) : statement_(tx.prepare(sql)) {}
  SqlQuery(Transaction& tx, const std::string& sql) : SqlQuery(tx, sql.c_str()) {}
  SqlQuery(SqlConnection& connection, const char* sql);
  ~SqlQuery();
  SqlQuery(const SqlQuery&) = delete;
  SqlQuery& operator=(const SqlQuery&) = delete;

  SqlQuery& text(std::string_view value);
  SqlQuery& optional_text(const std::optional<std::string>& value);
  SqlQuery& number(std::int64_t value);
  SqlQuery& number(const std::optional<std::int64_t>& value);
  SqlQuery& time(Timestamp value) { return number(to_ms(value)); }
  SqlQuery& time(const std::optional<Timestamp>& value);
  SqlQuery& blob(Bytes value);  // empty: NULL
  SqlQuery& null();
  // Not copied: the caller keeps the value until the last step is made and its columns are read.
  SqlQuery& kept_text(std::string_view value);
  SqlQuery& kept_blob(Bytes value);

  // True: there is a row; its columns are read from the first one on.
  bool step();
  // For statements without rows: the number of rows changed.
  int run();

  std::string text() { return std::string(view()); }
  std::optional<std::string> optional_text();
  std::string_view view();  // valid until the next step(); NULL: empty
  std::int64_t number();
  std::optional<std::int64_t> optional_number();
  Timestamp time() { return from_ms(number()); }
  std::optional<Timestamp> optional_time();
  bool flag() { return number() != 0; }
  Bytes blob();  // valid until the next step(); NULL: empty
  std::vector<std::uint8_t> copied_blob();

  // For columns whose names and types are known at run time only.
  sqlite3_stmt* statement() { return statement_; }

 private:
  SqlQuery& bound(int result);
  sqlite3_value* next();

  sqlite3_stmt* statement_;
  int next_parameter_ = 1;
  int next_column_ = 0;
};

}  // namespace coffer
