#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "vault/store/sql_connection.h"

namespace coffer {

// A few read-only connections, opened when first needed. Any thread.
class ReaderPool {
 public:
  explicit ReaderPool(std::filesystem::path path) : path_(std::move(path)) {}

  // Blocks while all are lent out. Throws SQLite::Exception.
  std::unique_ptr<SqlConnection> take();
  // nullptr: the connection was broken; another one is opened in its place when needed.
  void give_back(std::unique_ptr<SqlConnection> connection) noexcept;

 private:
  std::filesystem::path path_;
  std::mutex mutex_;  // guards all below
  std::condition_variable returned_;
  std::vector<std::unique_ptr<SqlConnection>> idle_;
  int lent_ = 0;
};

}  // namespace coffer
