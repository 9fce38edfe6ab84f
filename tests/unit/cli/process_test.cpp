#include "cli/commands/process.h"

#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <future>

using namespace coffer;
using namespace coffer::cli;

namespace {

// The signals that a test blocks are let through again at its end.
class KeptMask {
 public:
  KeptMask() { pthread_sigmask(SIG_BLOCK, nullptr, &before_); }
  ~KeptMask() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  KeptMask(const KeptMask&) = delete;
  KeptMask& operator=(const KeptMask&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

TEST_CASE("neither a pipe without a reader nor a file that may not grow ends the process", "[cli]") {
  const auto before_pipe = std::signal(SIGPIPE, SIG_DFL);
  const auto before_file = std::signal(SIGXFSZ, SIG_DFL);
  ignore_failed_writes();
  CHECK(std::signal(SIGPIPE, before_pipe) == SIG_IGN);
  CHECK(std::signal(SIGXFSZ, before_file) == SIG_IGN);
}

TEST_CASE("what waits for the end of its input passes over what comes before it", "[cli]") {
  const KeptMask mask;
  const StopSignals signals;
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  REQUIRE(::write(pipe[1], "ready\n", 6) == 6);
  auto waiting = std::async(std::launch::async, [&] { signals.wait_or_end_of(pipe[0]); });
  CHECK(waiting.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
  ::close(pipe[1]);
  CHECK(waiting.wait_for(std::chrono::seconds(5)) == std::future_status::ready);
  ::close(pipe[0]);
}

TEST_CASE("a signal ends the waiting for an input that stays open", "[cli]") {
  const KeptMask mask;
  const StopSignals signals;
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  REQUIRE(::pthread_kill(::pthread_self(), SIGTERM) == 0);
  signals.wait_or_end_of(pipe[0]);
  CHECK_FALSE(StopSignals().wait(std::chrono::milliseconds(0)));
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_CASE("a terminal that closes stops as SIGTERM does", "[cli]") {
  const KeptMask mask;
  StopSignals signals;
  REQUIRE(::pthread_kill(::pthread_self(), SIGHUP) == 0);
  CHECK(signals.wait(std::chrono::seconds(5)));
}

TEST_CASE("a terminal that closes stops nothing where nohup had it ignored", "[cli]") {
  const KeptMask mask;
  const auto before = std::signal(SIGHUP, SIG_IGN);
  StopSignals signals;
  REQUIRE(::pthread_kill(::pthread_self(), SIGHUP) == 0);
  CHECK_FALSE(signals.wait(std::chrono::milliseconds(0)));
  std::signal(SIGHUP, before);
}
