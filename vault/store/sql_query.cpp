#include "vault/store/sql_query.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include "vault/store/sql_error.h"

namespace coffer {
SqlQuery::SqlQuery(Transaction& tx, const char* sql) : statement_(tx.prepare(sql)) {}

SqlQuery::~SqlQuery() {
  statement_.tryReset();
}

SqlQuery& SqlQuery::text(std::string_view value) {
  converting([&] { statement_.bind(next_parameter_++, std::string(value)); });
  return *this;
}

SqlQuery& SqlQuery::optional_text(const std::optional<std::string>& value) {
  if (value) return text(std::string_view(*value));
  converting([&] { statement_.bind(next_parameter_++); });
  return *this;
}

SqlQuery& SqlQuery::number(std::int64_t value) {
  converting([&] { statement_.bind(next_parameter_++, value); });
  return *this;
}

SqlQuery& SqlQuery::number(const std::optional<std::int64_t>& value) {
  if (value) return number(*value);
  converting([&] { statement_.bind(next_parameter_++); });
  return *this;
}

SqlQuery& SqlQuery::time(const std::optional<Timestamp>& value) {
  return number(value ? std::optional(to_ms(*value)) : std::nullopt);
}

SqlQuery& SqlQuery::blob(Bytes value) {
  converting([&] {
    if (value.empty()) {
      statement_.bind(next_parameter_++);
    } else {
      statement_.bind(next_parameter_++, value.data(), static_cast<int>(value.size()));
    }
  });
  return *this;
}

SqlQuery& SqlQuery::null() {
  return blob({});
}

bool SqlQuery::step() {
  next_column_ = 0;
  return converting([&] { return statement_.executeStep(); });
}

int SqlQuery::run() {
  return converting([&] { return statement_.exec(); });
}

std::string SqlQuery::text() {
  return converting([&] { return statement_.getColumn(next_column_++).getString(); });
}

std::optional<std::string> SqlQuery::optional_text() {
  return converting([&]() -> std::optional<std::string> {
    const SQLite::Column column = statement_.getColumn(next_column_++);
    return column.isNull() ? std::nullopt : std::optional(column.getString());
  });
}

std::int64_t SqlQuery::number() {
  return converting([&] { return statement_.getColumn(next_column_++).getInt64(); });
}

std::optional<std::int64_t> SqlQuery::optional_number() {
  return converting([&]() -> std::optional<std::int64_t> {
    const SQLite::Column column = statement_.getColumn(next_column_++);
    return column.isNull() ? std::nullopt : std::optional<std::int64_t>(column.getInt64());
  });
}

std::optional<Timestamp> SqlQuery::optional_time() {
  const std::optional<std::int64_t> ms = optional_number();
  return ms ? std::optional(from_ms(*ms)) : std::nullopt;
}

Bytes SqlQuery::blob() {
  return converting([&] {
    const SQLite::Column column = statement_.getColumn(next_column_++);
    const auto* data = static_cast<const std::uint8_t*>(column.getBlob());
    return Bytes(data, static_cast<std::size_t>(column.getBytes()));
  });
}

std::vector<std::uint8_t> SqlQuery::copied_blob() {
  const Bytes bytes = blob();
  return {bytes.begin(), bytes.end()};
}

}  // namespace coffer
