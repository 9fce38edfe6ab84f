#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "vault/store/sql_connection.h"

namespace coffer {

// SQLite's log has four read marks, each a snapshot that readers stand on, and whoever begins a
// transaction moves a free one to the newest commit: four system calls for the locks. Idle
// snapshots on all four spare writers and readers that; transactions then stand on a mark that is
// older than what they read, which only a checkpoint has to mind. The writer's turn only.
class ReadMarks {
 public:
  explicit ReadMarks(std::filesystem::path path);

  // After a commit: one more snapshot, until all marks are taken. Each needs a commit of its own.
  void take_one() noexcept;
  // Before a checkpoint, which cannot pass a mark that is taken.
  void release() noexcept;

 private:
  std::filesystem::path path_;
  std::vector<std::unique_ptr<SqlConnection>> connections_;
  std::size_t taken_ = 0;  // by as many of the first connections
};

}  // namespace coffer
