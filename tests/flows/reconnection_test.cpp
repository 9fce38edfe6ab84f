#include <catch2/catch.hpp>

#include "tests/support/local_daemon.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

const std::string kAccounts = "/api/v3/connected_accounts/";

// user_1's gmail account, connected as alice and then brought into a status of the test's choice.
struct Reconnection {
  LocalDaemon daemon;
  std::string account = daemon.connect("user_1", "gmail", "alice@example.com");

  std::string status() { return daemon.status_of(account); }
  void set_enabled(bool enabled, int expected = 200) {
    CHECK(daemon.call("PATCH", kAccounts + account + "/status", {{"enabled", enabled}}).status == expected);
  }
  void revoke() { REQUIRE(daemon.call("POST", kAccounts + account + "/revoke").status == 200); }
  void expire() {
    daemon.mock().revoke_grants("google", "alice@example.com", false);
    daemon.advance("1h");
  }
  // A link that names the account; its URL.
  std::string link() {
    const ApiAnswer answer = daemon.call("POST", kAccounts + account + "/refresh", Json::object());
    REQUIRE(answer.status == 200);
    CHECK(answer.body["id"] == account);
    CHECK(answer.body["status"] == status());
    return answer.body["redirect_url"];
  }
  bool works() {
    const Json body = {{"connected_account_id", account}, {"arguments", Json::object()}};
    const ApiAnswer answer = daemon.call("POST", "/api/v3/tools/execute/GMAIL_GET_PROFILE", body);
    return answer.status == 200 && answer.body["successful"] == true;
  }
};

}  // namespace

TEST_CASE("an account that is not ACTIVE shows INITIATED while it is linked again, and keeps its id",
          "[flow]") {
  Reconnection again;
  SECTION("EXPIRED") {
    again.expire();
    REQUIRE(again.status() == "EXPIRED");
  }
  SECTION("INACTIVE") {
    again.set_enabled(false);
    REQUIRE(again.status() == "INACTIVE");
  }
  SECTION("REVOKED") {
    again.revoke();
    REQUIRE(again.status() == "REVOKED");
  }
  const std::string link = again.link();
  CHECK(again.status() == "INITIATED");
  CHECK_FALSE(again.works());
  again.daemon.browser().connect(link, "alice@example.com");
  CHECK(again.status() == "ACTIVE");
  CHECK(again.works());
}

TEST_CASE("an ACTIVE account that is linked again keeps status and token until the new grant is there",
          "[flow]") {
  Reconnection again;
  const std::string link = again.link();
  CHECK(again.status() == "ACTIVE");
  CHECK(again.works());
  again.daemon.advance("11m");  // the link is over
  CHECK(again.status() == "ACTIVE");
  CHECK(again.works());
}

TEST_CASE("what is switched off during the walk stays off when the grant comes", "[flow]") {
  Reconnection again;
  again.expire();
  const std::string link = again.link();
  again.set_enabled(false);
  again.daemon.browser().connect(link, "alice@example.com");
  CHECK(again.status() == "INACTIVE");
  CHECK_FALSE(again.works());
  again.set_enabled(true);
  CHECK(again.status() == "ACTIVE");
  CHECK(again.works());
}

TEST_CASE("switching a link's account off and on does not make it ACTIVE without a grant", "[flow]") {
  Reconnection again;
  SECTION("after its grant was revoked") {
    again.revoke();
  }
  SECTION("after its refresh was refused") {
    again.expire();
  }
  const std::string link = again.link();
  again.set_enabled(false);
  again.set_enabled(true);
  CHECK(again.status() == "INITIATED");
  CHECK_FALSE(again.works());
  again.daemon.browser().connect(link, "alice@example.com");
  CHECK(again.status() == "ACTIVE");
  CHECK(again.works());
}
