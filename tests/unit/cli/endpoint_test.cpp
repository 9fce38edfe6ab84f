#include "cli/commands/endpoint.h"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "cli/commands/paths.h"
#include "cli/commands/private_file.h"
#include "cli/commands/runtime_file.h"
#include "tests/unit/cli/scoped_environment.h"
#include "vault/base/error.h"

using namespace coffer;
using namespace coffer::cli;
using coffer::testing::ScopedEnvironment;

namespace {

RunningDaemon dev_daemon(int pid = ::getpid()) {
  return {"http://127.0.0.1:4001", "http://127.0.0.1:4002", Secret("cfr_dev"), pid};
}

}  // namespace

TEST_CASE("the running dev daemon is found with its key", "[cli]") {
  const ScopedEnvironment environment;
  const RuntimeFile published(dev_daemon());
  const Endpoint endpoint = find_endpoint({});
  CHECK(endpoint.url == "http://127.0.0.1:4001");
  CHECK(endpoint.api_key.expose() == "cfr_dev");
}

TEST_CASE("a dev daemon's key is not sent to another address", "[cli]") {
  const ScopedEnvironment environment;
  const RuntimeFile published(dev_daemon());
  Globals globals;
  globals.url = "http://127.0.0.1:5000";
  CHECK_THROWS_AS(find_endpoint(globals), Error);
  create_private_file(default_api_key_file(), "cfr_init\n");
  CHECK(find_endpoint(globals).api_key.expose() == "cfr_init");
}

TEST_CASE("the environment's key and URL win over what runs here", "[cli]") {
  ScopedEnvironment environment;
  const RuntimeFile published(dev_daemon());
  environment.set("COMPOSIO_BASE_URL", "http://127.0.0.1:6000/");
  environment.set("COMPOSIO_API_KEY", "cfr_composio");
  CHECK(find_endpoint({}).url == "http://127.0.0.1:6000");
  CHECK(find_endpoint({}).api_key.expose() == "cfr_composio");
  environment.set("COFFER_API_KEY", "cfr_own");
  CHECK(find_endpoint({}).api_key.expose() == "cfr_own");
}

TEST_CASE("a daemon that died without taking its file back is not believed", "[cli]") {
  const ScopedEnvironment environment;
  // Larger than any process id that Linux gives.
  replace_private_file(runtime_directory() / "daemon.json",
                       R"({"url":"http://127.0.0.1:4001","api_key":"cfr_dead","pid":2147483647})");
  CHECK_FALSE(find_running_daemon());
  create_private_file(default_api_key_file(), "cfr_init");
  CHECK(find_endpoint({}).url == kDefaultUrl);
}

TEST_CASE("a daemon takes back its own runtime file and leaves a later one", "[cli]") {
  const ScopedEnvironment environment;
  {
    const RuntimeFile published(dev_daemon());
    CHECK(find_running_daemon());
  }
  CHECK_FALSE(std::filesystem::exists(runtime_directory() / "daemon.json"));
  {
    const RuntimeFile published(dev_daemon());
    replace_private_file(runtime_directory() / "daemon.json", R"({"url":"http://127.0.0.1:1","pid":1})");
  }
  CHECK(std::filesystem::exists(runtime_directory() / "daemon.json"));
}

TEST_CASE("a URL that is none is refused before anything is sent", "[cli]") {
  const ScopedEnvironment environment;
  Globals globals;
  globals.url = GENERATE("elsewhere", "ftp://127.0.0.1", "http://user:pass@127.0.0.1", "");
  if (globals.url.empty()) return;
  CHECK_THROWS_AS(find_endpoint(globals), Error);
}
