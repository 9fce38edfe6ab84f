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

TEST_CASE("a runtime file that cannot be understood stops only whom nothing else helps", "[cli]") {
  ScopedEnvironment environment;
  const auto file = runtime_directory() / "daemon.json";
  const std::string content = GENERATE("", "garbage", "[]", "null", R"({"url":7,"pid":"x"})",
                                       R"({"url":"elsewhere"})", R"({"url":"http://127.0.0.1:1","pid":-1})",
                                       R"({"url":"http://127.0.0.1:1","pid":99999999999999})");
  CAPTURE(content);
  replace_private_file(file, content);
  Globals globals;
  const auto fault = [&] {
    try {
      find_endpoint(globals);
      return std::string();
    } catch (const Error& error) {
      CHECK(error.hint().find("--url") != std::string::npos);
      return std::string(error.what());
    }
  };
  CHECK(fault().find(file.string()) != std::string::npos);
  globals.url = "http://127.0.0.1:5000";
  CHECK(fault().find(file.string()) != std::string::npos);
  SECTION("the file that init wrote") {
    create_private_file(default_api_key_file(), "cfr_init");
    CHECK(find_endpoint(globals).api_key.expose() == "cfr_init");
  }
  SECTION("the environment") {
    environment.set("COFFER_API_KEY", "cfr_own");
    CHECK(find_endpoint(globals).api_key.expose() == "cfr_own");
  }
}

TEST_CASE("a runtime file that others can read is not believed either", "[cli]") {
  ScopedEnvironment environment;
  const RuntimeFile published(dev_daemon());
  std::filesystem::permissions(runtime_directory() / "daemon.json", std::filesystem::perms(0644));
  CHECK_THROWS_AS(find_endpoint({}), Error);
  environment.set("COFFER_API_KEY", "cfr_own");
  environment.set("COMPOSIO_BASE_URL", "http://127.0.0.1:6000");
  CHECK(find_endpoint({}).url == "http://127.0.0.1:6000");
}

TEST_CASE("a process that was given a dead daemon's number is not that daemon", "[cli]") {
  const ScopedEnvironment environment;
  const std::string daemon =
      R"({"url":"http://127.0.0.1:4001","api_key":"cfr_dead","pid":)" + std::to_string(::getpid());
  replace_private_file(runtime_directory() / "daemon.json", daemon + R"(,"started":1})");
  CHECK_FALSE(find_running_daemon());
  replace_private_file(runtime_directory() / "daemon.json", daemon + "}");
  CHECK(find_running_daemon());  // written by a release that did not note it
}

TEST_CASE("an API key file that is empty is not passed over", "[cli]") {
  const ScopedEnvironment environment;
  const RuntimeFile published(dev_daemon());
  Globals globals;
  globals.api_key_file = (environment.home() / "key").string();
  create_private_file(globals.api_key_file, "\n");
  CHECK_THROWS_AS(find_endpoint(globals), Error);
}

TEST_CASE("a daemon whose runtime directory cannot be had goes on", "[cli]") {
  ScopedEnvironment environment;
  create_private_file(environment.home() / "file", "");
  environment.set("XDG_RUNTIME_DIR", (environment.home() / "file").string());
  CHECK_NOTHROW(RuntimeFile(dev_daemon()));
}
