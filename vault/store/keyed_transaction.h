#pragma once

#include "vault/base/error.h"
#include "vault/store/database.h"
#include "vault/store/sql_connection.h"
#include "vault/store/sql_error.h"

namespace coffer {

// A keyring over a connection whose transaction its owner begins and ends.
class KeyedTransaction final : public WriteTransaction {
 public:
  // All of them outlive it.
  KeyedTransaction(SqlConnection& connection, const Keyring& keys, Random& random, Log& log)
      : connection_(connection), keys_(keys), random_(random), log_(log) {}

  sqlite3_stmt* prepare(const char* sql) override {
    return converting([&] { return connection_.prepare(sql); });
  }
  const Keyring& keys() const override { return keys_; }
  Log& log() const override { return log_; }
  void commit() override { throw Error(ErrorCode::Internal, "the transaction is its owner's to commit"); }
  Random& random() override { return random_; }

 private:
  SqlConnection& connection_;
  const Keyring& keys_;
  Random& random_;
  Log& log_;
};

}  // namespace coffer
