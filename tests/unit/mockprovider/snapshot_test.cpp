#include <algorithm>

#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

namespace {

std::string snapshot_of(MockWorld& world) {
  const ServerResponse response = world.get("/_mock/snapshot");
  REQUIRE(response.status == 200);
  return response.body;
}

// A world with something of everything in it.
Json furnish(MockWorld& world) {
  world.control("POST", "/_mock/clients", {{"provider", "mockidp"}, {"client_id", "another"}});
  world.control("POST", "/_mock/accounts", {{"email", "ann@example.com"}, {"locked", true}});
  world.control("POST", "/_mock/scripts", {{"login_hint", "nobody@example.com"}, {"action", "deny"}});
  world.control("POST", "/_mock/faults",
                {{"endpoint", "revoke"}, {"action", "odd_expires_in"}, {"value", nullptr}, {"count", 0}});
  world.control("POST", "/_mock/quotas", {{"toolkit", "mock"}, {"limit", 100}});
  world.control("POST", "/_mock/keys/rotate", {{"toolkit", "tavily"}, {"account", "alice@example.com"}});
  world.control("POST", "/_mock/signing_keys/rotate", {{"provider", "mockidp"}});
  world.get(world.authorize_target("mockidp"));  // a login page that stays open
  Json tokens = world.connect("mockidp");
  tokens = parse_json(world.refresh("mockidp", tokens["refresh_token"]).body);
  world.post_json("/mock/mockidp/mock/items", {{"title", "mine"}},
                  {{"Authorization", "Bearer " + tokens["access_token"].get<std::string>()}});
  return tokens;
}

}  // namespace

TEST_CASE("a snapshot, a thousand operations and a restore give the same bytes", "[snapshot]") {
  MockWorld world;
  Json tokens = furnish(world);
  const std::string before = snapshot_of(world);
  for (int i = 0; i < 250; ++i) {
    tokens = parse_json(world.refresh("mockidp", tokens["refresh_token"]).body);
    world.get(kWhoami, tokens["access_token"]);
    world.control("POST", "/_mock/clock", {{"advance", "1m"}});
    world.get(world.authorize_target("google"));
  }
  CHECK(snapshot_of(world) != before);
  CHECK(world.post_json("/_mock/restore", parse_json(before)).status == 200);
  CHECK(snapshot_of(world) == before);
}

TEST_CASE("a restored world goes on as the first one did", "[snapshot]") {
  MockWorld world;
  const Json tokens = furnish(world);
  const Json snapshot = parse_json(snapshot_of(world));
  const std::string first = world.refresh("mockidp", tokens["refresh_token"]).body;
  REQUIRE(world.post_json("/_mock/restore", snapshot).status == 200);
  CHECK(world.refresh("mockidp", tokens["refresh_token"]).body == first);
}

TEST_CASE("a snapshot is restored in another process and in another tenant", "[snapshot]") {
  MockWorld first;
  const Json tokens = furnish(first);
  const Json snapshot = parse_json(snapshot_of(first));
  MockWorld second;
  second.post_json("/_mock/tenants/a", {{"freeze", true}});
  REQUIRE(second.post_json("/t/a/_mock/restore", snapshot).status == 200);
  CHECK(second.get(std::string("/t/a") + kWhoami, tokens["access_token"]).status == 200);
  CHECK(second.get(kWhoami, tokens["access_token"]).status == 401);
  CHECK(second.get("/t/a/mock/mockidp/mock/items", tokens["access_token"]).body.find("mine") !=
        std::string::npos);
}

TEST_CASE("a restore sets the clock back, unless others live by it", "[snapshot]") {
  MockWorld world;
  const Json snapshot = parse_json(snapshot_of(world));
  world.clock.advance(1h);
  world.post_json("/_mock/restore", snapshot);
  CHECK(to_rfc3339(world.clock.now()) == "2026-11-22T12:00:00.000Z");
}

TEST_CASE("a restored clock stands still or runs as it did", "[snapshot]") {
  MockWorld world;
  const Json snapshot = parse_json(snapshot_of(world));
  world.clock.run_at(1);
  const Json running = parse_json(snapshot_of(world));
  world.post_json("/_mock/restore", snapshot);
  CHECK(world.clock.is_frozen());
  world.post_json("/_mock/restore", running);
  CHECK_FALSE(world.clock.is_frozen());
}

TEST_CASE("the clock's rate is in a snapshot, and of a snapshot that has none it stays", "[snapshot]") {
  MockWorld world;
  const auto rate = [&] { return parse_json(snapshot_of(world))["rate"]; };
  CHECK(rate() == 0);
  world.control("POST", "/_mock/clock", {{"rate", 60.5}});
  const Json fast = parse_json(snapshot_of(world));
  world.control("POST", "/_mock/clock", {{"freeze", true}});
  CHECK(world.post_json("/_mock/restore", fast).status == 200);
  CHECK(rate() == 60.5);
  Json without = fast;
  without.erase("rate");
  CHECK(world.post_json("/_mock/restore", without).status == 200);
  CHECK(rate() == 60.5);
  world.post_json("/_mock/tenants/fast", {{"rate", 7}});
  CHECK(parse_json(world.get("/t/fast/_mock/snapshot").body)["rate"] == 7);
  world.clock.freeze();
  CHECK(rate() == 0);
}

TEST_CASE("a snapshot's rate is a number, or an earlier release's word for standing still", "[snapshot]") {
  MockWorld world;
  Json snapshot = parse_json(snapshot_of(world));
  for (const Json& wrong : {Json("1"), Json(-1), Json(1'000'001), Json()}) {
    snapshot["rate"] = wrong;
    CHECK(world.post_json("/_mock/restore", snapshot).status == 400);
  }
  snapshot.erase("rate");
  snapshot["frozen"] = "yes";
  CHECK(world.post_json("/_mock/restore", snapshot).status == 400);
  snapshot["frozen"] = false;
  CHECK(world.post_json("/_mock/restore", snapshot).status == 200);
  CHECK_FALSE(world.clock.is_frozen());
  snapshot["frozen"] = true;
  CHECK(world.post_json("/_mock/restore", snapshot).status == 200);
  CHECK(world.clock.is_frozen());
}

TEST_CASE("what would be too much for a restore is not given as a snapshot", "[snapshot]") {
  MockWorld world;
  const std::string token = world.connect("mockidp")["access_token"];
  const Json item = {{"title", std::string(1 << 20, 'x')}};
  const auto add_items = [&](int count) {
    for (int i = 0; i < count; ++i)
      world.post_json("/mock/mockidp/mock/items", item, {{"Authorization", "Bearer " + token}});
  };
  add_items(31);
  const std::string most = snapshot_of(world);
  add_items(1);
  const ServerResponse refused = world.get("/_mock/snapshot");
  CHECK(refused.status == 413);
  CHECK(parse_json(refused.body)["message"] == "the snapshot has more than 32 MiB");
  CHECK(world.send("POST", "/_mock/restore", {{"Content-Type", "application/json"}}, most).status == 200);
}

TEST_CASE("what is no whole snapshot is refused, and the world stays", "[snapshot]") {
  MockWorld world;
  const Json tokens = furnish(world);
  const Json good = parse_json(snapshot_of(world));
  Json other_format = good;
  other_format["format"] = "something else";
  Json no_world = good;
  no_world.erase("world");
  Json wrong_type = good;
  wrong_type["world"]["accounts"] = 7;
  Json no_family = good;
  no_family["world"]["grants"]["families"] = Json::object();
  Json no_token = good;
  no_token["world"]["grants"]["tokens"] = Json::object();
  for (const Json& wrong : {Json::object(), other_format, no_world, wrong_type, no_family, no_token}) {
    CHECK(world.post_json("/_mock/restore", wrong).status == 400);
  }
  CHECK(world.get(kWhoami, tokens["access_token"]).status == 200);
}

TEST_CASE("the same seed gives the same tokens, another one gives others", "[snapshot]") {
  MockWorld world;
  const auto tokens_with = [&](int seed) {
    world.control("POST", "/_mock/seed", {{"seed", seed}});
    const Json clients = world.control("GET", "/_mock/clients")["clients"];
    const auto client = std::find_if(clients.begin(), clients.end(), [](const Json& known) {
      return known["client_id"] == "coffer-dev-mockidp";
    });
    REQUIRE(client != clients.end());
    return (*client)["client_secret"].get<std::string>() + world.get(world.authorize_target("mockidp")).body;
  };
  const std::string first = tokens_with(5);
  CHECK(tokens_with(6) != first);
  CHECK(tokens_with(5) == first);
  CHECK(world.post_json("/_mock/seed", Json::object()).status == 400);
}

TEST_CASE("a reset keeps the seed that was set", "[snapshot]") {
  MockWorld world;
  world.control("POST", "/_mock/seed", {{"seed", 5}});
  const std::string before = snapshot_of(world);
  world.get("/mock/nowhere");
  world.control("POST", "/_mock/reset");
  CHECK(snapshot_of(world) == before);
}
