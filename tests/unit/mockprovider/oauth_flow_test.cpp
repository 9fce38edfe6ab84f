#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

TEST_CASE("the whole walk gives a token that the toolkit believes", "[mock]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  CHECK(tokens["token_type"] == "Bearer");
  CHECK(tokens["expires_in"] == 3600);
  CHECK(tokens["scope"] == "read write");
  const ServerResponse who = world.get("/mock/mockidp/mock/whoami", tokens["access_token"]);
  CHECK(who.status == 200);
  CHECK(parse_json(who.body)["email"] == "alice@example.com");
}
