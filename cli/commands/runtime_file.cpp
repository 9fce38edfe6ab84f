#include "cli/commands/runtime_file.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "cli/commands/paths.h"
#include "cli/commands/private_file.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::cli {
namespace {

std::filesystem::path runtime_file() {
  return runtime_directory() / "daemon.json";
}

bool is_alive(int pid) {
  return pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM);
}

std::optional<RunningDaemon> read_daemon() {
  if (!std::filesystem::exists(runtime_file())) return std::nullopt;
  const Secret text = read_private_file(runtime_file());
  Json record = parse_json(text.expose(), runtime_file().string());
  if (!record.is_object()) return std::nullopt;
  RunningDaemon daemon;
  daemon.url = record.value("url", "");
  daemon.mock_url = record.value("mock_url", "");
  daemon.pid = record.value("pid", 0);
  daemon.api_key = take_secret(record, "api_key");
  return daemon;
}

}  // namespace

RuntimeFile::RuntimeFile(const RunningDaemon& daemon) : pid_(daemon.pid) {
  Json record = {{"url", daemon.url}, {"pid", daemon.pid}};
  if (!daemon.mock_url.empty()) record["mock_url"] = daemon.mock_url;
  if (!daemon.api_key.empty()) record["api_key"] = daemon.api_key.expose();
  std::string text = dump_json(record) + "\n";
  wipe(record);
  replace_private_file(runtime_file(), text);
  wipe(text);
}

RuntimeFile::~RuntimeFile() {
  try {
    const auto current = read_daemon();
    if (current && current->pid == pid_) ::unlink(runtime_file().c_str());
  } catch (const std::exception&) {
    // The file is gone or not ours any more: nothing to take back.
  }
}

std::optional<RunningDaemon> find_running_daemon() {
  auto daemon = read_daemon();
  if (!daemon || !is_alive(daemon->pid)) return std::nullopt;
  return daemon;
}

}  // namespace coffer::cli
