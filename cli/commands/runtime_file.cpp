#include "cli/commands/runtime_file.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/commands/http_api.h"
#include "cli/commands/output.h"
#include "cli/commands/paths.h"
#include "cli/commands/private_file.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::cli {
namespace {

std::filesystem::path runtime_file() {
  return runtime_directory() / "daemon.json";
}

// When a process began, in the kernel's ticks since boot: proc(5), field 22 of stat, whose second field
// may hold anything in parentheses. 0 where it cannot be told.
std::int64_t start_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 22; ++field) fields >> skipped;
  std::int64_t start = 0;
  return fields >> start ? start : 0;
}

// A number that another process was given since is not the daemon's.
bool is_alive(int pid, std::int64_t started) {
  if (pid <= 0 || (::kill(pid, 0) != 0 && errno != EPERM)) return false;
  const std::int64_t start = start_of(pid);
  return start == 0 || started == 0 || start == started;
}

struct Record {
  RunningDaemon daemon;
  std::int64_t started = 0;
};

std::int64_t number_of(const Json& record, const char* name) {
  const auto found = record.find(name);
  return found != record.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

int pid_of(const Json& record) {
  const std::int64_t number = number_of(record, "pid");
  return number > 0 && number <= std::numeric_limits<int>::max() ? static_cast<int>(number) : 0;
}

Record parse_record(const Secret& text) {
  Json json = parse_json(text.expose(), "it");
  Record record;
  record.daemon.url = json.is_object() ? text_of(json, "url") : "";
  record.daemon.pid = json.is_object() ? pid_of(json) : 0;
  if (!origin_of(record.daemon.url) || record.daemon.pid <= 0) {
    throw Error(ErrorCode::InvalidArgument, "it names no daemon");
  }
  record.daemon.mock_url = text_of(json, "mock_url");
  record.daemon.api_key = take_secret(json, "api_key");
  record.started = number_of(json, "started");
  return record;
}

std::optional<Record> read_record() {
  std::error_code error;
  if (!std::filesystem::exists(runtime_file(), error) && !error) return std::nullopt;
  return parse_record(read_private_file(runtime_file()));
}

}  // namespace

RuntimeFile::RuntimeFile(const RunningDaemon& daemon) : pid_(daemon.pid) {
  Json record = {{"url", daemon.url}, {"pid", daemon.pid}, {"started", start_of(daemon.pid)}};
  if (!daemon.mock_url.empty()) record["mock_url"] = daemon.mock_url;
  if (!daemon.api_key.empty()) record["api_key"] = daemon.api_key.expose();
  std::string text = dump_json(record) + "\n";
  wipe(record);
  try {
    replace_private_file(runtime_file(), text);
  } catch (const Error& error) {
    print_warning("other commands will have to be told where this daemon is: " + std::string(error.what()));
  }
  wipe(text);
}

RuntimeFile::~RuntimeFile() {
  try {
    const auto current = read_record();
    if (current && current->daemon.pid == pid_) ::unlink(runtime_file().c_str());
  } catch (const std::exception&) {
    // The file is gone or not ours any more: nothing to take back.
  }
}

std::optional<RunningDaemon> find_running_daemon() {
  try {
    auto record = read_record();
    if (!record || !is_alive(record->daemon.pid, record->started)) return std::nullopt;
    return std::move(record->daemon);
  } catch (const Error& error) {
    throw Error(ErrorCode::Storage,
                "\"" + runtime_file().string() + "\" does not tell where the daemon is: " + error.what(),
                "remove it, or name the daemon with --url and the key with --api-key-file");
  }
}

}  // namespace coffer::cli
