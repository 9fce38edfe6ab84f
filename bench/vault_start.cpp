// How long from exec to ready, and how much memory when idle, beside a bare cpp-httplib and SQLite
// program? `vault_start <coffer> <bare_daemon>`
#include <cstdlib>
#include <filesystem>

#include "bench/support/child.h"
#include "bench/support/figure.h"
#include "tests/support/test_env.h"

namespace {

using namespace coffer::bench;

constexpr int kRounds = 15;

struct Sample {
  double ready_ms;
  double resident_mib;
};

Sample start(const std::vector<std::string>& command) {
  const double began = seconds_of(CLOCK_MONOTONIC);
  Child child(command);
  child.read_line();
  const double ready = seconds_of(CLOCK_MONOTONIC);
  return {(ready - began) * 1000, child.resident_mib()};
}

// `coffer init` in a home of its own; later starts find vault and key there.
void make_vault(const std::string& coffer, const std::string& home) {
  for (const char* name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"}) {
    ::setenv(name, home.c_str(), 1);
  }
  Child({coffer, "init", "--json"}).read_line();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const coffer::testing::TempDir directory;
  make_vault(argv[1], directory.path().string());
  const std::vector<std::string> ours = {argv[1], "serve", "--port", "0", "--print-json"};
  const std::vector<std::string> bare = {argv[2], (directory.path() / "bare.db").string()};
  start(ours);
  start(bare);
  std::vector<double> our_ready, bare_ready, our_memory, bare_memory;
  for (int round = 0; round < kRounds; ++round) {
    const Sample our_sample = start(ours);
    const Sample bare_sample = start(bare);
    our_ready.push_back(our_sample.ready_ms);
    bare_ready.push_back(bare_sample.ready_ms);
    our_memory.push_back(our_sample.resident_mib);
    bare_memory.push_back(bare_sample.resident_mib);
  }
  const double ready = median(our_ready);
  print({"daemon_ready", ready, "ms", 20, "the bound of 20 ms", 1.0});
  print({"daemon_ready_beside_bare", ready, "ms", median(bare_ready), "bare cpp-httplib and SQLite", 0});
  print({"daemon_idle_memory", median(our_memory), "MiB", median(bare_memory), "bare cpp-httplib and SQLite",
         0});
  return 0;
}
