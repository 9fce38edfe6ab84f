#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/secret.h"
#include "vault/store/database.h"

namespace coffer {

// One use of a cached statement: parameters and columns are taken from left to right. SQLite's
// exceptions leave as Error. Resets the statement when it goes.
class SqlQuery {
 public:
  SqlQuery(Transaction& tx, const char* sql);
  SqlQuery(Transaction& tx, const std::string& sql) : SqlQuery(tx, sql.c_str()) {}  // of static lifetime
  explicit SqlQuery(SQLite::Statement& statement) : statement_(statement) {}
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

  // True: there is a row; its columns are read from the first one on.
  bool step();
  // For statements without rows: the number of rows changed.
  int run();

  std::string text();  // NULL: empty
  std::optional<std::string> optional_text();
  std::int64_t number();
  std::optional<std::int64_t> optional_number();
  Timestamp time() { return from_ms(number()); }
  std::optional<Timestamp> optional_time();
  bool flag() { return number() != 0; }
  Bytes blob();  // valid until the next step(); NULL: empty
  std::vector<std::uint8_t> copied_blob();

 private:
  SQLite::Statement& statement_;
  int next_parameter_ = 1;
  int next_column_ = 0;
};

}  // namespace coffer
