#include "cli/commands/runtime_file.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "cli/commands/paths.h"
#include "tests/unit/cli/scoped_environment.h"

using namespace coffer;
using namespace coffer::cli;
using coffer::testing::ScopedEnvironment;

namespace {

// A process that does nothing until it is killed, as somebody's daemon.
class OtherProcess {
 public:
  OtherProcess() : pid_(::fork()) {
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (true) ::pause();
  }
  ~OtherProcess() {
    kill();
    ::waitpid(pid_, nullptr, 0);
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;

  // Dead, and left for its parent to reap.
  void kill() const {
    ::kill(pid_, SIGKILL);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
  }

  std::string url() const { return "http://p" + std::to_string(pid_) + ".test"; }
  std::unique_ptr<RuntimeFile> publish() const {
    return std::make_unique<RuntimeFile>(RunningDaemon{url(), "", Secret("cfr_" + url()), pid_});
  }

 private:
  pid_t pid_;
};

std::string found_url() {
  const auto daemon = find_running_daemon();
  return daemon ? daemon->url : "";
}

}  // namespace

TEST_CASE("of three daemons the newest that runs is found, in whatever order they end", "[cli]") {
  const ScopedEnvironment environment;
  const std::array<OtherProcess, 3> processes;
  std::array<int, 3> order = {0, 1, 2};
  do {
    CAPTURE(order);
    std::array<std::unique_ptr<RuntimeFile>, 3> files;
    for (std::size_t i = 0; i < files.size(); ++i) files[i] = processes[i].publish();
    for (const int ended : order) {
      const auto newest = std::find_if(files.rbegin(), files.rend(), [](const auto& file) { return !!file; });
      CHECK(found_url() == processes[static_cast<std::size_t>(files.rend() - newest) - 1].url());
      files[static_cast<std::size_t>(ended)].reset();
    }
    CHECK_FALSE(std::filesystem::exists(runtime_directory() / "daemon.json"));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("an older daemon is found with its own key", "[cli]") {
  const ScopedEnvironment environment;
  const std::array<OtherProcess, 2> processes;
  const auto older = processes[0].publish();
  processes[1].publish().reset();
  CHECK(find_running_daemon()->api_key.expose() == "cfr_" + processes[0].url());
}

TEST_CASE("a daemon that was killed hides the older one neither before nor after it is reaped", "[cli]") {
  const ScopedEnvironment environment;
  const OtherProcess older;
  const auto older_file = older.publish();
  std::unique_ptr<RuntimeFile> newer_file;
  {
    const OtherProcess newer;
    newer_file = newer.publish();
    newer.kill();
    CHECK(found_url() == older.url());
  }
  CHECK(found_url() == older.url());
}

TEST_CASE("daemons that start at the same time are all published", "[cli]") {
  const ScopedEnvironment environment;
  const std::array<OtherProcess, 4> processes;
  std::array<std::unique_ptr<RuntimeFile>, 4> files;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < files.size(); ++i) {
    threads.emplace_back([&, i] { files[i] = processes[i].publish(); });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<std::string> expected;
  for (const OtherProcess& process : processes) expected.push_back(process.url());
  std::vector<std::string> found;
  for (std::size_t i = 0; i < files.size(); ++i) {
    found.push_back(found_url());
    for (std::size_t j = 0; j < files.size(); ++j) {
      if (found.back() == processes[j].url()) files[j].reset();
    }
  }
  CHECK_THAT(found, Catch::Matchers::UnorderedEquals(expected));
}
