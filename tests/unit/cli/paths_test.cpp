#include "cli/commands/paths.h"

#include <catch2/catch.hpp>

#include "tests/unit/cli/scoped_environment.h"
#include "vault/base/error.h"

using namespace coffer;
using namespace coffer::cli;
using coffer::testing::ScopedEnvironment;

TEST_CASE("files lie in the XDG base directories", "[cli]") {
  const ScopedEnvironment environment;
  CHECK(default_config_file() == environment.home() / "config/coffer/config.toml");
  CHECK(default_key_file() == environment.home() / "config/coffer/master.key");
  CHECK(default_api_key_file() == environment.home() / "config/coffer/api-key");
  CHECK(default_vault_file() == environment.home() / "data/coffer/vault.db");
  CHECK(runtime_directory() == environment.home() / "run/coffer");
}

TEST_CASE("without XDG variables they lie where the specification says", "[cli]") {
  ScopedEnvironment environment;
  for (const char* name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"}) environment.clear(name);
  CHECK(default_config_file() == environment.home() / ".config/coffer/config.toml");
  CHECK(default_vault_file() == environment.home() / ".local/share/coffer/vault.db");
  CHECK(runtime_directory() == environment.home() / ".local/state/coffer/run");
}

TEST_CASE("a relative XDG directory is ignored, as the specification demands", "[cli]") {
  ScopedEnvironment environment;
  environment.set("XDG_DATA_HOME", "data");
  CHECK(default_vault_file() == environment.home() / ".local/share/coffer/vault.db");
}

TEST_CASE("under systemd the service's directories win", "[cli]") {
  ScopedEnvironment environment;
  environment.set("STATE_DIRECTORY", "/var/lib/coffer:/var/lib/other");
  environment.set("RUNTIME_DIRECTORY", "/run/coffer");
  CHECK(default_vault_file() == "/var/lib/coffer/vault.db");
  CHECK(runtime_directory() == "/run/coffer");
}

TEST_CASE("without a home there is no default place", "[cli]") {
  ScopedEnvironment environment;
  environment.clear("XDG_DATA_HOME");
  environment.clear("HOME");
  CHECK_THROWS_AS(default_vault_file(), Error);
}
