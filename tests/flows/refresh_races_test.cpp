// What else happens to an account while its refresh is under way.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/account_life.h"
#include "vault/model/lifecycle.h"

using namespace coffer;
using namespace coffer::testing;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

void set_enabled(AccountLife& life, bool is_enabled) {
  REQUIRE(
      life.daemon
          .call("PATCH", "/api/v3/connected_accounts/" + life.account + "/status", {{"enabled", is_enabled}})
          .status == 200);
}

// The files as a kill -9 at this moment would leave them.
struct CrashSite {
  LocalDaemon& daemon;
  fs::path copy;

  explicit CrashSite(LocalDaemon& of) : daemon(of), copy(of.directory() / "copy") {
    fs::copy(daemon.vault_directory(), copy, fs::copy_options::recursive);
  }
  void restart() {
    daemon.stop();
    fs::remove_all(daemon.vault_directory());
    fs::rename(copy, daemon.vault_directory());
    daemon.start();
  }
};

}  // namespace

TEST_CASE("an account that is disabled while it refreshes keeps the new token and stays disabled",
          "[flow][race]") {
  AccountLife life("mock");
  auto refresh = life.begin_refresh();
  set_enabled(life, false);
  life.let_answer();
  refresh.get();
  CHECK(life.status() == "INACTIVE");
  set_enabled(life, true);
  CHECK(life.serves());
  life.go_to_refresh();  // the old refresh token would be refused
  CHECK(life.serves());
  CHECK(life.expired_events() == 0);
}

TEST_CASE("an account that is deleted while it refreshes stays deleted", "[flow][race]") {
  AccountLife life("mock");
  auto refresh = life.begin_refresh();
  REQUIRE(life.daemon.call("DELETE", "/api/v3/connected_accounts/" + life.account).status == 200);
  life.let_answer();
  CHECK(refresh.get().status == 404);
  CHECK(life.status() == "absent");
  CHECK(life.call_tool().status == 404);
  CHECK(life.expired_events() == 0);
}

TEST_CASE("a refresh that is answered after a reconnection does not replace the new grant", "[flow][race]") {
  AccountLife life("mock");
  const bool is_refused = GENERATE(false, true);
  CAPTURE(is_refused);
  const std::string link = life.link();
  auto refresh = life.begin_refresh();
  life.daemon.browser().connect(link, "alice@example.com");
  const std::int64_t generation = life.row().generation;
  if (is_refused) life.daemon.mock_call("POST", "/_mock/grants/revoke", {{"family", "fam_1"}});
  life.let_answer();
  refresh.get();
  CHECK(life.row().generation == generation);
  CHECK(life.status() == "ACTIVE");
  CHECK(life.serves());
  life.go_to_refresh();
  CHECK(life.serves());
  CHECK(life.expired_events() == 0);
}

TEST_CASE("whoever calls while a refresh is under way is served with its result", "[flow][race]") {
  AccountLife life("mock");
  life.at_provider("expire", {{"what", "access"}});
  auto refresh = life.begin_refresh();
  auto caller = std::async(std::launch::async, [&] { return life.serves(); });
  life.let_answer();
  CHECK(caller.get());
  CHECK(refresh.get().body["result"] == "refreshed");
  CHECK(life.refreshes() == 1);
}

TEST_CASE("a daemon that was killed between intent and answer asks again within the window of reuse",
          "[flow][race]") {
  AccountLife life("jira");
  auto refresh = life.begin_refresh();
  CrashSite crash(life.daemon);
  life.let_answer();
  REQUIRE(refresh.get().body["result"] == "refreshed");
  crash.restart();
  life.go_to(life.daemon.clock().now());  // it may be under way already
  CHECK(life.refreshes() == 2);
  CHECK(life.serves());
  life.go_to_refresh();
  CHECK(life.serves());
  CHECK(life.expired_events() == 0);
}

TEST_CASE("without a window of reuse a killed daemon serves what it has, and names the loss when it ends",
          "[flow][race]") {
  AccountLife life("mock");
  auto refresh = life.begin_refresh();
  CrashSite crash(life.daemon);
  life.let_answer();
  REQUIRE(refresh.get().body["result"] == "refreshed");
  crash.restart();
  CHECK(life.serves());
  CHECK(life.row().next_refresh_at == *life.row().expires_at - 1min);
  CHECK(life.refreshes() == 1);
  life.go_to_refresh();
  CHECK(life.refreshes() == 2);
  CHECK(life.status() == "EXPIRED");
  CHECK(life.reason() == reason::kResponseLost);
  CHECK(life.expired_events() == 1);
}

TEST_CASE("a daemon that was stopped and started goes on with the same tokens", "[flow][race]") {
  AccountLife life("mock");
  life.daemon.stop();
  life.daemon.start();
  CHECK(life.serves());
  CHECK(life.refreshes() == 0);
  life.go_to_refresh();
  CHECK(life.serves());
}
