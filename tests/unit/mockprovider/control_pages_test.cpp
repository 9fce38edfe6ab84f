#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

namespace {

ServerResponse browse(MockWorld& world, const std::string& path) {
  return world.send("GET", path, {{"Accept", "text/html,*/*"}, {"Host", "127.0.0.1:4000"}});
}

ServerResponse press(MockWorld& world, const Fields& form, const std::string& origin = kUrl) {
  return world.post_form("/_mock/board", form, {{"Host", "127.0.0.1:4000"}, {"Origin", origin}});
}

std::string family_of(MockWorld& world) {
  return world.control("GET", "/_mock/grants")["grants"][0]["id"];
}

}  // namespace

TEST_CASE("the inspector shows the newest request first, and works without script", "[pages]") {
  MockWorld world;
  world.get("/mock/first");
  world.get("/mock/second");
  const ServerResponse page = browse(world, "/_mock/");
  CHECK(page.status == 200);
  CHECK(page.body.find("/mock/second") < page.body.find("/mock/first"));
  CHECK(page.body.find("href=\"/_mock/requests/2\"") != std::string::npos);
}

TEST_CASE("the inspector searches", "[pages]") {
  MockWorld world;
  world.get("/mock/first");
  world.get("/mock/second");
  const std::string page = browse(world, "/_mock/?q=second").body;
  CHECK(page.find("/mock/first") == std::string::npos);
  CHECK(page.find("/mock/second") != std::string::npos);
  CHECK(page.find("value=\"second\"") != std::string::npos);
}

TEST_CASE("one request stands in full on a page of its own", "[pages]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  world.get("/mock/mockidp/userinfo", tokens["access_token"]);
  const std::string number =
      world.control("GET", "/_mock/journal?endpoint=userinfo")["entries"][0]["number"].dump();
  const std::string page = browse(world, "/_mock/requests/" + number).body;
  CHECK(page.find("family") != std::string::npos);
  CHECK(page.find("alice@example.com") != std::string::npos);
  CHECK(page.find(tokens["access_token"].get<std::string>()) == std::string::npos);
  CHECK(browse(world, "/_mock/requests/999").status == 404);
  CHECK(browse(world, "/_mock/requests/x").status == 400);
}

TEST_CASE("whatever a client sends is escaped on the pages", "[pages]") {
  MockWorld world;
  world.send("GET", "/mock/%3Cscript%3Ealert(1)%3C%2Fscript%3E", {{"User-Agent", "<img src=x>"}});
  world.control("POST", "/_mock/accounts", {{"email", "<b>@example.com"}});
  for (const char* path : {"/_mock/", "/_mock/requests/1", "/_mock/grants", "/_mock/?q=%3Cscript%3E"}) {
    CAPTURE(path);
    const std::string page = browse(world, path).body;
    CHECK(page.find("<script>") == std::string::npos);
    CHECK(page.find("<img") == std::string::npos);
    CHECK(page.find("<b>") == std::string::npos);
  }
}

TEST_CASE("the control pages take everything from their own origin", "[pages]") {
  MockWorld world;
  for (const char* path : {"/_mock/", "/_mock/grants"}) {
    const std::string policy = header_of(browse(world, path), "Content-Security-Policy");
    CHECK(policy.find("default-src 'none'") != std::string::npos);
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(policy.find("http:") == std::string::npos);
    CHECK(policy.find("form-action 'self'") != std::string::npos);
  }
  const ServerResponse script = world.get("/_mock/inspector.js");
  CHECK(header_of(script, "Content-Type").starts_with("text/javascript"));
}

TEST_CASE("the board's address answers programs with JSON", "[pages]") {
  MockWorld world;
  CHECK(parse_json(world.get("/_mock/grants").body).contains("grants"));
  CHECK(browse(world, "/_mock/grants").body.starts_with("<!doctype html>"));
}

TEST_CASE("the board's buttons revoke and expire one grant and leave the others", "[pages]") {
  MockWorld world;
  const Json alice = world.connect("mockidp");
  const Json bob = world.connect("mockidp", {}, "bob@example.com");
  const std::string family = family_of(world);
  REQUIRE(browse(world, "/_mock/grants").body.find("value=\"" + family + "\"") != std::string::npos);
  const ServerResponse expired = press(world, {{"button", "expire"}, {"family", family}, {"what", "access"}});
  CHECK(expired.status == 303);
  CHECK(header_of(expired, "Location") == "/_mock/grants");
  CHECK(world.get(kWhoami, alice["access_token"]).status == 401);
  press(world, {{"button", "revoke"}, {"family", family}});
  CHECK(world.refresh("mockidp", alice["refresh_token"]).status == 400);
  CHECK(world.get(kWhoami, bob["access_token"]).status == 200);
}

TEST_CASE("a dropped scope is missing at the toolkit, and in what a refresh gives", "[pages]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp", {{"scope", "read write"}});
  press(world, {{"button", "drop_scope"}, {"family", family_of(world)}, {"scope", "write"}});
  const Json next = parse_json(world.refresh("mockidp", tokens["refresh_token"]).body);
  CHECK(next["scope"] == "read");
  CHECK(world.post_json("/_mock/grants/drop_scope", {{"family", "fam_x"}, {"scope", "read"}}).status == 404);
}

TEST_CASE("an account is locked and unlocked", "[pages]") {
  MockWorld world;
  const auto is_locked = [&] {
    return world.control("GET", "/_mock/accounts")["accounts"][0]["locked"].get<bool>();
  };
  press(world, {{"button", "lock"}, {"email", "alice@example.com"}});
  CHECK(is_locked());
  world.control("POST", "/_mock/accounts/unlock", {{"email", "ALICE@example.com"}});
  CHECK_FALSE(is_locked());
}

TEST_CASE("a rotated client secret is new, and the old one is refused", "[pages]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  press(world, {{"button", "rotate_secret"}, {"provider", "mockidp"}, {"client_id", "coffer-dev-mockidp"}});
  CHECK(world.refresh("mockidp", tokens["refresh_token"]).status == 401);
  const Json missing = {{"provider", "mockidp"}, {"client_id", "nobody"}};
  CHECK(world.post_json("/_mock/clients/rotate_secret", missing).status == 404);
}

TEST_CASE("the signing keys are rotated", "[pages]") {
  MockWorld world;
  const std::string before = world.get("/mock/mockidp/jwks").body;
  press(world, {{"button", "rotate_key"}, {"provider", "mockidp"}});
  CHECK(world.get("/mock/mockidp/jwks").body != before);
}

TEST_CASE("the board's buttons are refused to pages of other sites", "[pages]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  for (const char* origin : {"https://other.example", "null", "http://127.0.0.1:4001"}) {
    CHECK(press(world, {{"button", "revoke"}, {"family", family_of(world)}}, origin).status == 403);
  }
  CHECK(world.get(kWhoami, tokens["access_token"]).status == 200);
  CHECK(press(world, {{"button", "explode"}}).status == 400);
}

TEST_CASE("a tenant's pages lead to its own controls", "[pages]") {
  MockWorld world;
  world.post_json("/_mock/tenants/a", Json::object());
  world.get("/t/a/mock/first");
  const std::string page = browse(world, "/t/a/_mock/").body;
  CHECK(page.find("href=\"/t/a/_mock/requests/1\"") != std::string::npos);
  CHECK(page.find("href=\"/_mock/requests") == std::string::npos);
}

TEST_CASE("a quota lets so many requests pass in its window, for each account", "[toolkits]") {
  MockWorld world;
  world.control("POST", "/_mock/quotas", {{"toolkit", "mock"}, {"limit", 2}, {"window", "1m"}});
  const std::string alice = world.connect("mockidp")["access_token"];
  const std::string bob = world.connect("mockidp", {}, "bob@example.com")["access_token"];
  CHECK(world.get(kWhoami, alice).status == 200);
  world.clock.advance(20s);
  CHECK(world.get(kWhoami, alice).status == 200);
  const ServerResponse refused = world.get(kWhoami, alice);
  CHECK(refused.status == 429);
  CHECK(header_of(refused, "Retry-After") == "40");
  CHECK(world.get(kWhoami, bob).status == 200);
  world.clock.advance(40s);
  CHECK(world.get(kWhoami, alice).status == 200);
}

TEST_CASE("a quota of one account comes before that of all", "[toolkits]") {
  MockWorld world;
  world.control("POST", "/_mock/quotas", {{"toolkit", "mock"}, {"limit", 0}});
  world.control("POST", "/_mock/quotas",
                {{"toolkit", "mock"}, {"account", "alice@example.com"}, {"limit", 5}});
  CHECK(world.get(kWhoami, world.connect("mockidp")["access_token"]).status == 200);
  CHECK(world.get(kWhoami, world.connect("mockidp", {}, "bob@example.com")["access_token"]).status == 429);
  world.send("DELETE", "/_mock/quotas");
  CHECK(world.get(kWhoami, world.connect("mockidp", {}, "bob@example.com")["access_token"]).status == 200);
  CHECK(world.post_json("/_mock/quotas", {{"toolkit", "nothing"}}).status == 400);
}
