#include "cli/commands/daemon.h"

#include "cli/commands/output.h"
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

void check_port(int port) {
  if (port < 0 || port > 65535) {
    throw Error(ErrorCode::InvalidArgument, "there is no port " + std::to_string(port),
                "use 1 to 65535, or 0 for any free one");
  }
}

void warn_if_memory_is_not_locked() {
  if (secret_arena::is_locked()) return;
  print_warning("the system refuses locked memory (RLIMIT_MEMLOCK): secrets may be written to swap");
}

}  // namespace coffer::cli
