#include "cli/commands/daemon.h"

#include <sys/resource.h>

#include "cli/commands/output.h"
#include "cli/commands/values.h"
#include "vault/base/error.h"
#include "vault/base/secret_arena.h"

namespace coffer::cli {
namespace {

LogFormat parse_format(const std::string& text) {
  if (text == "text") return LogFormat::Text;
  if (text == "json") return LogFormat::Json;
  throw Error(ErrorCode::InvalidArgument, "there is no log format \"" + text + "\"", "use text or json");
}

LogLevel parse_level(const std::string& text) {
  if (text == "debug") return LogLevel::Debug;
  if (text == "info") return LogLevel::Info;
  if (text == "warning") return LogLevel::Warning;
  if (text == "error") return LogLevel::Error;
  throw Error(ErrorCode::InvalidArgument, "there is no log level \"" + text + "\"",
              "use debug, info, warning or error");
}

}  // namespace

std::vector<Option> log_options(LogChoice& choice) {
  return {{"--log-format", "How log lines on standard error look: text or json", &choice.format, "FORMAT"},
          {"--log-level", "The least that is logged: debug, info, warning or error", &choice.level, "LEVEL"}};
}

std::unique_ptr<Log> make_log(const LogChoice& choice) {
  return make_stderr_log(parse_format(choice.format), parse_level(choice.level));
}

std::unique_ptr<MovableClock> make_movable_clock() {
  auto clock = std::make_unique<MovableClock>(SystemClock().now());
  clock->run_at(1);
  return clock;
}

Option stop_option(StopChoice& choice) {
  return {"--stop-timeout", "What is under way at SIGTERM has this long, then it is cut [10s]",
          &choice.timeout, "DURATION"};
}

Duration stop_timeout(const StopChoice& choice) {
  return read_duration("--stop-timeout", choice.timeout, std::chrono::hours(1));
}

void require_descriptors() {
  constexpr rlim_t kLeast = 64;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= kLeast) return;
  throw Error(ErrorCode::WrongState,
              "this process may open " + std::to_string(files.rlim_cur) + " files, and a daemon needs " +
                  std::to_string(kLeast),
              "raise RLIMIT_NOFILE (ulimit -n, LimitNOFILE=)");
}

void warn_if_memory_is_not_locked() {
  if (secret_arena::is_locked()) return;
  print_warning("the system refuses locked memory (RLIMIT_MEMLOCK): secrets may be written to swap");
}

}  // namespace coffer::cli
