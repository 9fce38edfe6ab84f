#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/commands/command.h"
#include "vault/base/clock.h"
#include "vault/base/log.h"

namespace coffer::cli {

// What `dev`, `serve` and `mock` have in common.

struct LogChoice {
  std::string format = "text";
  std::string level = "info";
};

std::vector<Option> log_options(LogChoice& choice);
// Throws InvalidArgument for a format or level that there is not.
std::unique_ptr<Log> make_log(const LogChoice& choice);

// A clock that follows real time until somebody moves it.
std::unique_ptr<MovableClock> make_movable_clock();

// How long a daemon may take to stop once it was told to.
struct StopChoice {
  std::string timeout = "10s";
};

Option stop_option(StopChoice& choice);
// Throws InvalidArgument for what is not a duration of at most an hour.
Duration stop_timeout(const StopChoice& choice);

// Throws WrongState where the process may open so few files that a daemon would answer nobody.
void require_descriptors();
// Says it once, at start: secrets may be written to swap.
void warn_if_memory_is_not_locked();

}  // namespace coffer::cli
