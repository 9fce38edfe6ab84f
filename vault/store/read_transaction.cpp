#include "vault/store/read_transaction.h"

#include "vault/store/sql_error.h"

namespace coffer {

Reading::Reading(ReaderPool& pool, const Keyring& keys, Log& log)
    : pool_(pool), keys_(keys), log_(log), reader_(converting([&] { return pool.take(); })) {}

Reading::~Reading() {
  pool_.give_back(std::move(reader_));
}

sqlite3_stmt* Reading::prepare(const char* sql) {
  return converting([&] { return reader_->connection.prepare(sql); });
}

}  // namespace coffer
