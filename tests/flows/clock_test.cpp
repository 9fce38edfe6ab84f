#include <catch2/catch.hpp>

#include "tests/support/local_daemon.h"

using namespace coffer;
using namespace coffer::testing;

TEST_CASE("when the mock's clock has moved, the vault has refreshed and delivered, too", "[flow]") {
  LocalDaemon daemon;
  WebhookReceiver receiver;
  daemon.call("POST", "/api/v3/webhook_subscriptions",
              {{"webhook_url", receiver.url()}, {"enabled_events", {kExpiredEvent}}});
  daemon.connect("user_1", "gmail", "alice@example.com");
  const std::string refused = daemon.connect("user_2", "jira", "bob@example.com");
  daemon.mock().revoke_grants("atlassian", "bob@example.com", false);

  REQUIRE(daemon.mock_call("POST", "/_mock/clock", {{"advance", "55m"}}).status == 200);
  CHECK(daemon.mock().refresh_count() == 1);
  CHECK(daemon.status_of(refused) == "EXPIRED");
  REQUIRE(receiver.deliveries().size() == 1);
  CHECK(parse_json(receiver.deliveries()[0].body)["data"]["id"] == refused);
}

TEST_CASE("a clock that the vault lives by is not set back", "[flow]") {
  LocalDaemon daemon;
  const Timestamp before = daemon.clock().now();
  CHECK(daemon.mock_call("POST", "/_mock/clock", {{"set", "2020-01-01T00:00:00Z"}}).status == 400);
  CHECK(daemon.clock().now() == before);
}
