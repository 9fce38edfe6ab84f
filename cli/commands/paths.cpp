#include "cli/commands/paths.h"

#include <cstdlib>
#include <string>

#include "vault/base/error.h"

namespace coffer::cli {
namespace {

namespace fs = std::filesystem;

// XDG Base Directory Specification: a path that is not absolute is ignored.
fs::path from_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return {};
  fs::path path(value);
  return path.is_absolute() ? path : fs::path();
}

fs::path below_home(const char* relative) {
  const fs::path home = from_variable("HOME");
  if (home.empty()) {
    throw Error(ErrorCode::InvalidArgument, "there is no home directory", "set HOME or the XDG variables");
  }
  return home / relative;
}

fs::path base_directory(const char* variable, const char* below) {
  fs::path path = from_variable(variable);
  return path.empty() ? below_home(below) : path;
}

// systemd separates several directories by colons; the first is ours.
fs::path service_directory(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value == '\0') return {};
  const std::string text(value);
  return text.substr(0, text.find(':'));
}

fs::path config_directory() {
  return base_directory("XDG_CONFIG_HOME", ".config") / "coffer";
}

}  // namespace

fs::path default_config_file() {
  return config_directory() / "config.toml";
}

fs::path default_key_file() {
  return config_directory() / "master.key";
}

fs::path default_api_key_file() {
  return config_directory() / "api-key";
}

fs::path default_vault_file() {
  const fs::path service = service_directory("STATE_DIRECTORY");
  if (!service.empty()) return service / "vault.db";
  return base_directory("XDG_DATA_HOME", ".local/share") / "coffer" / "vault.db";
}

fs::path default_anchor_directory() {
  const fs::path service = service_directory("STATE_DIRECTORY");
  if (!service.empty()) return service / "anchors";
  return base_directory("XDG_STATE_HOME", ".local/state") / "coffer" / "anchors";
}

fs::path runtime_directory() {
  fs::path service = service_directory("RUNTIME_DIRECTORY");
  if (!service.empty()) return service;
  const fs::path runtime = from_variable("XDG_RUNTIME_DIR");
  if (!runtime.empty()) return runtime / "coffer";
  return base_directory("XDG_STATE_HOME", ".local/state") / "coffer" / "run";
}

}  // namespace coffer::cli
