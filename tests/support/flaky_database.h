#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "vault/base/error.h"
#include "vault/store/database.h"

namespace coffer::testing {

// Passes everything on until told to fail writes.
class FlakyDatabase final : public Database {
 public:
  explicit FlakyDatabase(Database& real) : real_(real) {}
  std::unique_ptr<ReadTransaction> read() override { return real_.read(); }
  std::unique_ptr<WriteTransaction> write() override {
    if (failing_writes_ > 0) {
      --failing_writes_;
      throw Error(ErrorCode::Storage, "database or disk is full");
    }
    return real_.write();
  }
  void checkpoint(bool truncate) override { real_.checkpoint(truncate); }
  std::string write_fault() override { return failing_writes_ > 0 ? "database or disk is full" : ""; }
  std::string vault_uuid() const override { return real_.vault_uuid(); }
  int schema_version() const override { return real_.schema_version(); }
  std::vector<std::string> check() override { return real_.check(); }
  void fail_next_writes(int count) { failing_writes_ = count; }

 private:
  Database& real_;
  std::atomic<int> failing_writes_ = 0;
};

}  // namespace coffer::testing
