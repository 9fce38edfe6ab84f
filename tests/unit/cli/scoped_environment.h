#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "tests/support/test_env.h"

namespace coffer::testing {

// A home of its own and no variable of the caller's that coffer reads, for the life of this object.
class ScopedEnvironment {
 public:
  ScopedEnvironment() {
    for (const char* name :
         {"COFFER_API_KEY", "COMPOSIO_API_KEY", "COMPOSIO_BASE_URL", "COFFER_CONFIG", "STATE_DIRECTORY",
          "RUNTIME_DIRECTORY", "CREDENTIALS_DIRECTORY", "XDG_STATE_HOME"}) {
      clear(name);
    }
    set("HOME", home().string());
    set("XDG_CONFIG_HOME", (home() / "config").string());
    set("XDG_DATA_HOME", (home() / "data").string());
    set("XDG_RUNTIME_DIR", (home() / "run").string());
  }
  ~ScopedEnvironment() {
    for (const auto& [name, value] : before_) {
      value ? ::setenv(name.c_str(), value->c_str(), 1) : ::unsetenv(name.c_str());
    }
  }
  ScopedEnvironment(const ScopedEnvironment&) = delete;
  ScopedEnvironment& operator=(const ScopedEnvironment&) = delete;

  void set(const std::string& name, const std::string& value) {
    remember(name);
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  void clear(const std::string& name) {
    remember(name);
    ::unsetenv(name.c_str());
  }
  const std::filesystem::path& home() const { return home_.path(); }

 private:
  void remember(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    before_.emplace(name, value == nullptr ? std::nullopt : std::optional<std::string>(value));
  }

  TempDir home_;
  std::map<std::string, std::optional<std::string>> before_;
};

}  // namespace coffer::testing
