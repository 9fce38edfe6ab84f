// What does a durable sealed write cost, beside a bare durable commit of a row of that size in a table of as
// many?
#include <SQLiteCpp/SQLiteCpp.h>

#include "bench/support/figure.h"
#include "bench/support/population.h"
#include "tests/support/test_env.h"
#include "vault/store/connection_store.h"
#include "vault/store/sql_memory.h"

namespace {

using namespace coffer;
using namespace coffer::bench;

constexpr std::size_t kAccounts = 1000;
constexpr int kRounds = 300;  // some ten seconds: a neighbour on the processor comes and goes in less
constexpr int kWritesPerRound = 100;
constexpr std::size_t kRowSize = 1024;

class BareWriter {
 public:
  explicit BareWriter(const std::filesystem::path& file)
      : database_(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
    database_.exec(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE t (id INTEGER PRIMARY KEY, row BLOB) STRICT");
    SQLite::Transaction all(database_);
    SQLite::Statement insert(database_, "INSERT INTO t (row) VALUES (zeroblob(?))");
    for (std::size_t i = 0; i < kAccounts; ++i) {
      insert.reset();
      insert.bind(1, static_cast<int>(kRowSize));
      insert.exec();
    }
    insert.reset();
    update_ = std::make_unique<SQLite::Statement>(database_, "UPDATE t SET row = ? WHERE id = ?");
    all.commit();
  }

  void write(std::size_t index, const std::string& row) {
    update_->reset();
    update_->bindNoCopy(1, row.data(), static_cast<int>(row.size()));
    update_->bind(2, static_cast<std::int64_t>(index + 1));
    update_->exec();
  }

 private:
  SQLite::Database database_;
  std::unique_ptr<SQLite::Statement> update_;
};

}  // namespace

int main() {
  stop_counting_sql_memory();
  testing::TestEnv env;
  const testing::TempDir directory;
  const auto database = open_database(directory.path() / "vault" / "vault.db", env);
  auto connections = populate(*database, env, kAccounts);
  BareWriter bare(directory.path() / "bare.db");
  std::vector<double> ours, theirs;
  std::size_t next = 0, next_bare = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Credential tokens = token_set(env, 600);
    double began = seconds_of(CLOCK_MONOTONIC);
    for (int i = 0; i < kWritesPerRound; ++i) {
      const auto tx = database->write();
      Connection& connection = connections[next++ % kAccounts];
      connection_store::commit_credential(*tx, connection, tokens);
      tx->commit();
    }
    ours.push_back(kWritesPerRound / (seconds_of(CLOCK_MONOTONIC) - began));
    std::string row(kRowSize, static_cast<char>('a' + round));
    began = seconds_of(CLOCK_MONOTONIC);
    for (int i = 0; i < kWritesPerRound; ++i) {
      row[static_cast<std::size_t>(i)] ^= 1;  // SQLite writes nothing for a row that is as it was
      bare.write(next_bare++ % kAccounts, row);
    }
    theirs.push_back(kWritesPerRound / (seconds_of(CLOCK_MONOTONIC) - began));
  }
  print({"sealed_write_rate", median(ours), "1/s", median(theirs), "bare durable commit", 0.85,
         Better::Higher});
  return 0;
}
