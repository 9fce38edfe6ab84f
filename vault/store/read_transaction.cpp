#include "vault/store/read_transaction.h"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

#include "vault/store/sql_error.h"

namespace coffer {

Reading::Reading(ReaderPool& pool, const Keyring& keys, Log& log) : pool_(pool), keys_(keys), log_(log) {
  connection_ = converting([&] { return pool_.take(); });
  try {
    run("BEGIN");
  } catch (...) {
    pool_.give_back(nullptr);
    rethrow_converted();
  }
}

Reading::~Reading() {
  try {
    run("COMMIT");
  } catch (const SQLite::Exception&) {
    connection_.reset();
  }
  pool_.give_back(std::move(connection_));
}

SQLite::Statement& Reading::prepare(const char* sql) {
  return converting([&]() -> SQLite::Statement& { return connection_->prepare(sql); });
}

void Reading::run(const char* sql) {
  connection_->reset_statements();
  connection_->prepare(sql).exec();
  connection_->reset_statements();
}

}  // namespace coffer
