#include "vault/store/read_marks.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <utility>

namespace coffer {
namespace {

constexpr std::size_t kMarks = 4;

// Begins a snapshot without a look at the schema, which each connection would read and keep.
constexpr const char* kAnyRead = "PRAGMA user_version";

void begin_snapshot(SqlConnection& connection) {
  connection.run("BEGIN");
  sqlite3_step(connection.prepare(kAnyRead));
  connection.reset_statements();
}

}  // namespace

ReadMarks::ReadMarks(std::filesystem::path path) : path_(std::move(path)) {
  connections_.reserve(kMarks);
}

// Only speed is lost where this fails.
void ReadMarks::take_one() noexcept {
  if (taken_ == kMarks) return;
  try {
    if (connections_.size() == taken_) {
      connections_.push_back(std::make_unique<SqlConnection>(path_, SqlConnection::Access::Read));
    }
    begin_snapshot(*connections_[taken_]);
    ++taken_;
  } catch (const std::exception&) {
    connections_.resize(taken_);
  }
}

void ReadMarks::release() noexcept {
  try {
    for (; taken_ > 0; --taken_) connections_[taken_ - 1]->run("COMMIT");
  } catch (const SQLite::Exception&) {
    connections_.clear();
    taken_ = 0;
  }
}

}  // namespace coffer
