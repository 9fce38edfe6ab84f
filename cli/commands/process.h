#pragma once

#include <optional>

#include "vault/base/clock.h"

namespace coffer::cli {

// No core dumps, no ptrace by others of the same user, files only for the owner.
void harden_process();

// SIGINT and SIGTERM as something to wait for instead of an interruption. Construct before any
// thread starts, so that all of them leave the signals to this one.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // True when a signal came, false after `at_most`.
  bool wait(std::optional<Duration> at_most = std::nullopt);

 private:
  int fd_;
};

}  // namespace coffer::cli
