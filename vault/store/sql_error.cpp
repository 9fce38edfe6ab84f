#include "vault/store/sql_error.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <string>

#include "vault/base/error.h"

namespace coffer {
namespace {

constexpr int kPrimaryCode = 0xFF;

std::string hint_for(int code) {
  switch (code) {
    case SQLITE_BUSY:
      return "another program has the vault open: end it, or try again when it is done";
    case SQLITE_FULL:
      return "free space on the disk";
    case SQLITE_READONLY:
      return "the vault's directory must be writable";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the vault file is damaged; restore it from a backup";
    case SQLITE_IOERR:
      return "look at the system log for disk errors";
    default:
      return {};
  }
}

[[noreturn]] void throw_converted(const SQLite::Exception& failure) {
  const int code = failure.getErrorCode() & kPrimaryCode;
  if (code == SQLITE_CONSTRAINT) throw Error(ErrorCode::Conflict, failure.what());
  throw Error(ErrorCode::Storage, std::string("vault storage: ") + failure.what(), hint_for(code));
}

}  // namespace

bool is_damage(int result) {
  const int code = result & kPrimaryCode;
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR;
}

void rethrow_converted() {
  try {
    throw;
  } catch (const SQLite::Exception& failure) {
    throw_converted(failure);
  }
}

}  // namespace coffer
