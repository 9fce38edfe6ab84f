#include "vault/store/sql_error.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "vault/base/error.h"

namespace coffer {
namespace {

Error converted(int result) {
  try {
    converting([&] { throw SQLite::Exception("it failed", result); });
  } catch (const Error& error) {
    return error;
  }
  FAIL("no Error was thrown");
  throw;
}

TEST_CASE("a failure of the storage names the next step, where there is one", "[sql_error]") {
  const auto [result, step] = GENERATE(table<int, std::string>({{SQLITE_BUSY, "another program"},
                                                                {SQLITE_BUSY_SNAPSHOT, "another program"},
                                                                {SQLITE_FULL, "free space"},
                                                                {SQLITE_READONLY_DIRECTORY, "writable"},
                                                                {SQLITE_CORRUPT_INDEX, "from a backup"},
                                                                {SQLITE_NOTADB, "from a backup"},
                                                                {SQLITE_IOERR_READ, "system log"}}));
  const Error error = converted(result);
  CHECK(error.code() == ErrorCode::Storage);
  CHECK(error.hint().find(step) != std::string::npos);
  CHECK(std::string(error.what()).find("it failed") != std::string::npos);
}

TEST_CASE("a broken constraint is a conflict, whichever it is", "[sql_error]") {
  CHECK(converted(SQLITE_CONSTRAINT).code() == ErrorCode::Conflict);
  CHECK(converted(SQLITE_CONSTRAINT_UNIQUE).code() == ErrorCode::Conflict);
}

TEST_CASE("what SQLite did not throw passes as it is", "[sql_error]") {
  CHECK_THROWS_AS(converting([] { throw std::bad_alloc(); }), std::bad_alloc);
}

}  // namespace
}  // namespace coffer
