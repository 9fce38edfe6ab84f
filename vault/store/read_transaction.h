#pragma once

#include <memory>

#include "vault/store/database.h"
#include "vault/store/reader_pool.h"

namespace coffer {

// A snapshot on one of the pool's connections. All arguments outlive it.
class Reading final : public ReadTransaction {
 public:
  Reading(ReaderPool& pool, const Keyring& keys, Log& log);
  ~Reading() override;

  sqlite3_stmt* prepare(const char* sql) override;
  const Keyring& keys() const override { return keys_; }
  Log& log() const override { return log_; }

  SqlConnection& connection() { return reader_->connection; }

 private:
  ReaderPool& pool_;
  const Keyring& keys_;
  Log& log_;
  std::unique_ptr<Reader> reader_;
};

}  // namespace coffer
