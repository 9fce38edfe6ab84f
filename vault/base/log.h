#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "vault/base/clock.h"

namespace coffer {

enum class LogLevel { Debug, Info, Warning, Error };
enum class LogFormat { Text, Json };

struct LogField {
  std::string_view key;
  std::string value;
};

// One structured line per event. Values are escaped, so that a line cannot be forged.
// Never hand it a token, code, state, link token, cookie or authorization header. Any thread.
class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) = 0;

  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::Info, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::Warning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::Error, event, fields);
  }
};

// To standard error; times are real time, whatever the vault's clock says.
std::unique_ptr<Log> make_stderr_log(LogFormat format, LogLevel least);
// For embedding programs that want silence, and for tests that want the lines.
std::unique_ptr<Log> make_callback_log(std::function<void(std::string_view line)> sink);
Log& null_log();

}  // namespace coffer
