// How much do durable writes, run flat out, hold up sealed reads? p99 with and without them.
//
// The disk interrupts one core at each write, for longer than a read takes: there a computation
// that touches nothing has a p99 of three times itself. So the reads run on the core where such a
// computation is held up least; what it costs on the other is printed beside.
#include <sodium.h>

#include <array>
#include <atomic>
#include <thread>

#include "bench/support/cores.h"
#include "bench/support/figure.h"
#include "bench/support/population.h"
#include "vault/store/connection_store.h"
#include "vault/store/sql_memory.h"

namespace {

using namespace coffer;
using namespace coffer::bench;

constexpr std::size_t kAccounts = 20'000;
constexpr int kRounds = 6;
constexpr std::size_t kReadsPerRound = 20'000;

template <class Work>
double p99_us(const Work& work) {
  std::vector<double> latencies;
  latencies.reserve(kReadsPerRound);
  for (std::size_t i = 0; i < kReadsPerRound; ++i) {
    const double began = seconds_of(CLOCK_MONOTONIC);
    work(i);
    latencies.push_back((seconds_of(CLOCK_MONOTONIC) - began) * 1e6);
  }
  return percentile(std::move(latencies), 0.99);
}

double read_p99_us(Database& database, const std::vector<Connection>& connections) {
  return p99_us([&](std::size_t i) {
    connection_store::open(*database.read(), connections[i * 7919 % connections.size()].id);
  });
}

// As long as a read, with no call of the system and no memory but its own.
double computation_p99_us() {
  const std::array<unsigned char, 6000> input{};
  std::array<unsigned char, 32> output{};
  return p99_us([&](std::size_t) {
    crypto_generichash(output.data(), output.size(), input.data(), input.size(), nullptr, 0);
  });
}

class Writer {
 public:
  // Starts from the rows as they are stored, and runs on any of the cores.
  Writer(Database& database, testing::TestEnv& env, const std::vector<Connection>& connections,
         const std::vector<int>& cores)
      : thread_([this, &database, &env, &cores, rows = stored(database, connections)]() mutable {
          stay_on(cores);
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
  static std::vector<Connection> stored(Database& database, const std::vector<Connection>& connections) {
    std::vector<Connection> rows;
    for (const Connection& row : connections)
      rows.push_back(*connection_store::find(*database.read(), row.id));
    return rows;
  }

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
  const std::vector<int> cores = allowed_cores();
  int quiet_core = cores.front();
  std::vector<double> computation;
  for (const int core : cores) {
    stay_on({core});
    const Writer writer(*database, env, written, cores);
    computation.push_back(computation_p99_us());
    if (computation.back() == least(computation)) quiet_core = core;
  }
  stay_on({quiet_core});
  std::vector<double> calm, busy;
  for (int round = 0; round < kRounds; ++round) {
    calm.push_back(read_p99_us(*database, connections));
    const Writer writer(*database, env, written, cores);
    busy.push_back(read_p99_us(*database, connections));
  }
  print({"sealed_read_p99_under_writes", median(busy), "us", median(calm), "p99 without writes", 3.0});
  print({"computation_p99_under_writes", *std::max_element(computation.begin(), computation.end()), "us",
         computation_p99_us(), "p99 without writes", 0});
  return 0;
}
