#include "cli/commands/browser.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "cli/commands/process.h"
#include "tests/unit/cli/scoped_environment.h"

using namespace coffer;
using namespace coffer::cli;
using coffer::testing::ScopedEnvironment;

TEST_CASE("a browser can be ended by signals that this process waits for", "[cli]") {
  ScopedEnvironment environment;
  const std::string seen = (environment.home() / "seen").string();
  const std::string program = (environment.home() / "xdg-open").string();
  std::ofstream(program) << "#!/bin/sh\ngrep SigBlk /proc/self/status > " << seen << ".part && mv " << seen
                         << ".part " << seen << "\n";
  ::chmod(program.c_str(), 0700);
  environment.set("PATH", environment.home().string() + ":" + std::getenv("PATH"));
  environment.set("DISPLAY", ":0");
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, nullptr, &before);
  {
    const StopSignals signals;
    open_browser("http://127.0.0.1:1/");
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!std::filesystem::exists(seen) && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  std::string name;
  std::string mask;
  std::ifstream(seen) >> name >> mask;
  CHECK(mask == std::string(16, '0'));
}
