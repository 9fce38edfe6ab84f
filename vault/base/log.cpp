#include "vault/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/json.h"

namespace coffer {
namespace {

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return "debug";
    case LogLevel::Info:
      return "info";
    case LogLevel::Warning:
      return "warning";
    case LogLevel::Error:
      return "error";
  }
  return "error";
}

bool is_bare(std::string_view value) {
  return !value.empty() && value.find_first_of(" =\"\\") == std::string_view::npos && is_valid_utf8(value) &&
         std::none_of(value.begin(), value.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

// JSON quoting also escapes line ends and control characters.
std::string escaped(std::string_view value) {
  return !value.empty() && is_bare(value) ? std::string(value) : dump_json(Json(std::string(value)));
}

std::string format_text(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  std::string line = to_rfc3339(SystemClock().now());
  line += ' ';
  line += name_of(level);
  line += ' ';
  line += event;
  for (const auto& field : fields) line += " " + std::string(field.key) + "=" + escaped(field.value);
  return line;
}

std::string format_json(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  nlohmann::ordered_json line = {
      {"time", to_rfc3339(SystemClock().now())}, {"level", name_of(level)}, {"msg", event}};
  for (const auto& field : fields) line[std::string(field.key)] = field.value;
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

class StderrLog final : public Log {
 public:
  StderrLog(LogFormat format, LogLevel least)
      : format_(format), least_(least), logger_("coffer", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_pattern("%v");
    logger_.set_level(spdlog::level::trace);
  }

  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
    if (level < least_) return;
    logger_.info(format_ == LogFormat::Json ? format_json(level, event, fields)
                                            : format_text(level, event, fields));
  }

 private:
  LogFormat format_;
  LogLevel least_;
  spdlog::logger logger_;
};

class CallbackLog final : public Log {
 public:
  explicit CallbackLog(std::function<void(std::string_view)> sink) : sink_(std::move(sink)) {}

  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
    if (!sink_) return;
    const std::string line = format_text(level, event, fields);
    const std::lock_guard lock(mutex_);
    sink_(line);
  }

 private:
  std::mutex mutex_;  // one line at a time reaches the sink
  std::function<void(std::string_view)> sink_;
};

}  // namespace

std::unique_ptr<Log> make_stderr_log(LogFormat format, LogLevel least) {
  return std::make_unique<StderrLog>(format, least);
}

std::unique_ptr<Log> make_callback_log(std::function<void(std::string_view)> sink) {
  return std::make_unique<CallbackLog>(std::move(sink));
}

Log& null_log() {
  static CallbackLog log(nullptr);
  return log;
}

}  // namespace coffer
