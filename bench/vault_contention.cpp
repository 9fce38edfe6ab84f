// How much do durable writes, run flat out, hold up sealed reads? p99 with and without them.
#include <atomic>
#include <thread>

#include "bench/support/figure.h"
#include "bench/support/population.h"
#include "vault/store/connection_store.h"
#include "vault/store/sql_memory.h"

namespace {

using namespace coffer;
using namespace coffer::bench;

constexpr std::size_t kAccounts = 20'000;
constexpr int kRounds = 6;
constexpr int kReadsPerRound = 20'000;

std::vector<double> read_latencies_us(Database& database, const std::vector<Connection>& connections) {
  std::vector<double> latencies;
  latencies.reserve(kReadsPerRound);
  for (int i = 0; i < kReadsPerRound; ++i) {
    const Connection& connection = connections[static_cast<std::size_t>(i) * 7919 % connections.size()];
    const double began = seconds_of(CLOCK_MONOTONIC);
    connection_store::open(*database.read(), connection.id);
    latencies.push_back((seconds_of(CLOCK_MONOTONIC) - began) * 1e6);
  }
  return latencies;
}

class Writer {
 public:
  Writer(Database& database, testing::TestEnv& env, std::vector<Connection> connections)
      : thread_([this, &database, &env, rows = std::move(connections)]() mutable {
          for (std::size_t i = 0; !stopping_; ++i) {
            const auto tx = database.write();
            connection_store::commit_credential(*tx, rows[i % rows.size()], token_set(env, 600));
            tx->commit();
          }
        }) {}
  ~Writer() {
    stopping_ = true;
    thread_.join();
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

 private:
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace

int main() {
  stop_counting_sql_memory();
  testing::TestEnv env;
  const testing::TempDir directory;
  const auto database = open_database(directory.path() / "vault" / "vault.db", env);
  std::vector<Connection> connections = populate(*database, env, kAccounts);
  // The writer's rows are its own: it keeps their generations.
  const std::vector<Connection> written(connections.end() - 1000, connections.end());
  connections.resize(connections.size() - 1000);
  std::vector<double> calm, busy;
  for (int round = 0; round < kRounds; ++round) {
    calm.push_back(percentile(read_latencies_us(*database, connections), 0.99));
    std::vector<Connection> rows;
    for (const Connection& row : written) rows.push_back(*connection_store::find(*database->read(), row.id));
    const Writer writer(*database, env, std::move(rows));
    busy.push_back(percentile(read_latencies_us(*database, connections), 0.99));
  }
  print({"sealed_read_p99_under_writes", median(busy), "us", median(calm), "p99 without writes", 3.0});
  return 0;
}
