#include <catch2/catch.hpp>

#include "tests/support/local_daemon.h"

using namespace coffer;
using namespace coffer::testing;

TEST_CASE("a body that the front refuses is answered in the envelope of all errors", "[flow]") {
  LocalDaemon daemon;
  const ApiAnswer answer =
      daemon.call("POST", "/api/v3/tools/execute/GMAIL_GET_PROFILE", {{"text", std::string(2 << 20, 'a')}});
  CHECK(answer.status == 413);
  REQUIRE(answer.body.contains("error"));
  CHECK(answer.body["error"]["message"] == "the body is too large");
  const std::string id = answer.body["error"]["request_id"];
  CHECK(daemon.log_text().find(id) != std::string::npos);
}

TEST_CASE("a method that a path does not know is 405, in head and envelope", "[flow]") {
  LocalDaemon daemon;
  const ApiAnswer answer = daemon.call("PUT", "/api/v3/tools", Json::object());
  CHECK(answer.status == 405);
  CHECK(answer.body["error"]["status"] == 405);
  CHECK(answer.body["error"]["message"] == "/api/v3/tools takes GET, HEAD, not PUT");
  const ApiAnswer legacy = daemon.call("PUT", "/api/v1/apps", Json::object());
  CHECK(legacy.status == 404);
  CHECK(legacy.body["status"] == 404);
}
