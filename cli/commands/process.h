#pragma once

#include <optional>
#include <thread>

#include "vault/base/clock.h"

namespace coffer::cli {

// A write to a pipe without a reader, or to a file that may not grow (RLIMIT_FSIZE), fails as any other does
// and does not end the process.
void ignore_failed_writes();

// The same, and: no core dumps, no ptrace by others of the same user, files only for the owner.
void harden_process();

// SIGINT, SIGTERM and SIGHUP as something to wait for instead of an interruption; SIGHUP not where it is
// ignored already (nohup). Construct before any thread starts, so that all of them leave the signals to
// this one.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // True when a signal came, false after `at_most`.
  bool wait(std::optional<Duration> at_most = std::nullopt);

  // Until a signal came, or nobody can write to the pipe or terminal `input` any more. What is written there
  // is passed over.
  void wait_or_end_of(int input) const;

  int fd() const { return fd_; }  // readable when one has come

 private:
  int fd_;
};

// While this lives, one more signal ends the process at once, with 128 and its number: what a crash
// may interrupt, so may this. In the first second signals are passed over: a wrapper that passes on
// what the terminal sends to all makes two of one.
class Impatience {
 public:
  explicit Impatience(const StopSignals& signals);
  ~Impatience();
  Impatience(const Impatience&) = delete;
  Impatience& operator=(const Impatience&) = delete;

 private:
  void watch(int signals) const;

  int end_;  // rings when there is nothing left to be impatient about
  std::thread thread_;
};

}  // namespace coffer::cli
