#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

TEST_CASE("the clock is advanced, set, frozen and let run", "[control]") {
  MockWorld world;
  const Timestamp start = world.clock.now();
  CHECK(world.control("POST", "/_mock/clock", {{"advance", "1h30m"}})["now"] == "2026-11-22T13:30:00.000Z");
  CHECK(world.clock.now() == start + 90min);
  CHECK(world.control("POST", "/_mock/clock", {{"set", "2027-01-01T00:00:00Z"}})["now"] ==
        "2027-01-01T00:00:00.000Z");
  CHECK(world.control("POST", "/_mock/clock", {{"freeze", false}})["frozen"] == false);
  CHECK(world.control("POST", "/_mock/clock", {{"freeze", true}})["frozen"] == true);
  CHECK(world.control("POST", "/_mock/clock", {{"rate", 60}})["frozen"] == false);
  CHECK(world.post_json("/_mock/clock", {{"advance", "soon"}}).status == 400);
  CHECK(world.post_json("/_mock/clock", {{"set", "yesterday"}}).status == 400);
}

TEST_CASE("grants are listed with their tokens and no value of them", "[control]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  const ServerResponse response = world.get("/_mock/grants?provider=mockidp");
  CHECK(response.body.find(tokens["access_token"].get<std::string>()) == std::string::npos);
  CHECK(response.body.find(tokens["refresh_token"].get<std::string>()) == std::string::npos);
  const Json grant = parse_json(response.body)["grants"][0];
  CHECK(grant["account"] == "alice@example.com");
  CHECK(grant["alive"] == true);
  CHECK(grant["tokens"].size() == 2);
  CHECK(world.control("GET", "/_mock/grants?account=bob@example.com")["grants"].empty());
}

TEST_CASE("a revoked refresh token is refused while the access token lives on", "[control]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  const Json answer =
      world.control("POST", "/_mock/grants/revoke",
                    {{"provider", "mockidp"}, {"account", "alice@example.com"}, {"what", "refresh"}});
  CHECK(answer["grants"] == 1);
  CHECK(world.get(kWhoami, tokens["access_token"]).status == 200);
  CHECK(world.refresh("mockidp", tokens["refresh_token"]).status == 400);
}

TEST_CASE("an expired access token is refused before its time", "[control]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  world.control("POST", "/_mock/grants/expire", {{"provider", "mockidp"}, {"what", "access"}});
  const ServerResponse response = world.get(kWhoami, tokens["access_token"]);
  CHECK(response.status == 401);
  CHECK(parse_json(response.body)["error"]["message"] == "the access token has expired");
  CHECK(world.refresh("mockidp", tokens["refresh_token"]).status == 200);
}

TEST_CASE("a login script answers without pages", "[control]") {
  MockWorld world;
  world.control("POST", "/_mock/scripts",
                {{"provider", "mockidp"}, {"account", "bob@example.com"}, {"count", 1}});
  const ServerResponse scripted = world.get(world.authorize_target("mockidp"));
  REQUIRE(scripted.status == 303);
  const Fields answer = MockWorld::answer_of_redirect(header_of(scripted, "Location"));
  const Json tokens = parse_json(world.redeem("mockidp", std::string(*find_field(answer, "code"))).body);
  CHECK(parse_json(world.get(kWhoami, tokens["access_token"]).body)["email"] == "bob@example.com");
  CHECK(world.get(world.authorize_target("mockidp")).status == 200);
}

TEST_CASE("login scripts choose by provider, client and login hint", "[control]") {
  MockWorld world;
  world.control("POST", "/_mock/scripts", {{"login_hint", "bob@example.com"}, {"action", "deny"}});
  CHECK(world.get(world.authorize_target("mockidp")).status == 200);
  const ServerResponse denied =
      world.get(world.authorize_target("mockidp", {{"login_hint", "bob@example.com"}}));
  CHECK(header_of(denied, "Location").find("error=access_denied") != std::string::npos);
  world.control("DELETE", "/_mock/scripts");
  CHECK(world.get(world.authorize_target("mockidp", {{"login_hint", "bob@example.com"}})).status == 200);
  CHECK(world.post_json("/_mock/scripts", {{"account", "nobody@example.com"}}).status == 404);
}

TEST_CASE("a script may leave scopes out", "[control]") {
  MockWorld world;
  world.control("POST", "/_mock/scripts", {{"refuse", {"write"}}});
  const Fields answer =
      MockWorld::answer_of_redirect(header_of(world.get(world.authorize_target("mockidp")), "Location"));
  const Json tokens = parse_json(world.redeem("mockidp", std::string(*find_field(answer, "code"))).body);
  CHECK(tokens["scope"] == "read");
}

TEST_CASE("an account's address counts in any case", "[control]") {
  MockWorld world;
  CHECK(world.control("GET", "/_mock/keys?toolkit=tavily&account=ALICE@example.com") ==
        world.control("GET", "/_mock/keys?toolkit=tavily&account=alice@example.com"));
}

TEST_CASE("a locked account cannot sign in", "[control]") {
  MockWorld world;
  world.control("POST", "/_mock/accounts", {{"email", "carol@example.com"}, {"locked", true}});
  CHECK_THROWS_WITH(world.redirect_of("mockidp", {}, "carol@example.com"), Catch::Contains("403"));
  world.control("POST", "/_mock/accounts", {{"email", "carol@example.com"}});
  CHECK(world.redirect_of("mockidp", {}, "carol@example.com").find("code=") != std::string::npos);
}

TEST_CASE("a registered client has its own redirect URIs and secret", "[control]") {
  MockWorld world;
  world.control("POST", "/_mock/clients",
                {{"provider", "mockidp"},
                 {"client_id", "mine"},
                 {"name", "My app"},
                 {"redirect_uris", {"https://app.example/cb"}}});
  const Fields good = {{"client_id", "mine"}, {"redirect_uri", "https://app.example/cb"}};
  const ServerResponse page = world.get(world.authorize_target("mockidp", good));
  CHECK(page.status == 200);
  CHECK(page.body.find("My app") != std::string::npos);
  CHECK(world.get(world.authorize_target("mockidp", {{"client_id", "mine"}})).status == 400);
}

TEST_CASE("a public client proves itself by its verifier alone", "[control]") {
  MockWorld world;
  world.control("POST", "/_mock/clients",
                {{"provider", "google"}, {"client_id", "public"}, {"redirect_uris", {kCallback}}});
  const Fields form = {{"grant_type", "authorization_code"},
                       {"client_id", "public"},
                       {"code", world.code_of("google", {{"client_id", "public"}})},
                       {"redirect_uri", kCallback},
                       {"code_verifier", kVerifier}};
  CHECK(world.post_form("/mock/google/token", form).status == 200);
}

TEST_CASE("the journal tells the lineage of tokens", "[control]") {
  MockWorld world;
  const Json first = world.connect("mockidp");
  world.refresh("mockidp", first["refresh_token"]);
  const Json entries = world.control("GET", "/_mock/journal?provider=mockidp")["entries"];
  std::vector<std::string> endpoints;
  for (const auto& entry : entries) endpoints.push_back(entry["endpoint"]);
  CHECK(endpoints == std::vector<std::string>{"authorize", "login", "consent", "token", "refresh"});
  const Json& token = entries[3];
  const Json& refresh = entries[4];
  CHECK(refresh["parent"] == token["refresh_token_id"]);
  CHECK(refresh["family"] == token["family"]);
  CHECK(refresh["account"] == "alice@example.com");
  CHECK(refresh["client_id"] == "coffer-dev-mockidp");
  CHECK(world.control("GET", "/_mock/journal?after=4&family=" + token["family"].get<std::string>())["entries"]
            .size() == 1);
  world.control("DELETE", "/_mock/journal");
  CHECK(world.control("GET", "/_mock/journal")["entries"].empty());
}

TEST_CASE("the journal holds no secret of any flow", "[control]") {
  MockWorld world;
  const std::string code = world.code_of("mockidp");
  const Json tokens = parse_json(world.redeem("mockidp", code).body);
  const Json next = parse_json(world.refresh("mockidp", tokens["refresh_token"]).body);
  world.post_json("/mock/mockidp/mock/echo", {{"message", "hello"}},
                  {{"Authorization", "Bearer " + next["access_token"].get<std::string>()}});
  const Json keys = world.control("GET", "/_mock/keys?toolkit=mock&account=alice@example.com");
  const std::string key = keys["generic_api_key"];
  CHECK(world.post_json("/mock/mockidp/mock/echo", {{"message", "hi"}}, {{"X-API-Key", key}}).status == 200);
  world.post_form("/mock/mockidp/revoke", {{"token", next["refresh_token"]}}, world.basic_of("mockidp"));

  const std::string journal = world.get("/_mock/journal").body;
  const std::vector<std::string> secrets = {
      code,
      kVerifier,
      key,
      "st+1 =",
      world.client_of("mockidp").client_secret,
      tokens["access_token"],
      tokens["refresh_token"],
      next["access_token"],
      next["refresh_token"],
      to_base64(world.client_of("mockidp").client_id + ":" + world.client_of("mockidp").client_secret)};
  for (const auto& secret : secrets) {
    CAPTURE(secret);
    CHECK(journal.find(secret) == std::string::npos);
  }
  CHECK(journal.find("hello") != std::string::npos);  // the rest of the answers is there
}

TEST_CASE("the journal names the fault that a request met", "[control]") {
  MockWorld world;
  world.control("POST", "/_mock/faults", {{"endpoint", "authorize"}, {"status", 502}});
  world.get(world.authorize_target("mockidp"));
  const Json entry = world.control("GET", "/_mock/journal")["entries"][0];
  CHECK(entry["fault"] == "fault_1");
  CHECK(entry["status"] == 502);
}

TEST_CASE("reset gives the world as the seed made it", "[control]") {
  MockWorld world;
  const std::string code = world.code_of("mockidp");
  world.control("POST", "/_mock/faults", {{"count", 0}});
  world.control("POST", "/_mock/reset");
  CHECK(world.control("GET", "/_mock/grants")["grants"].empty());
  CHECK(world.control("GET", "/_mock/faults")["faults"].empty());
  CHECK(world.code_of("mockidp") == code);
}

TEST_CASE("the controls answer to loopback names and to no other site", "[control]") {
  MockWorld world;
  const auto status = [&](HttpHeaders headers) {
    return world.send("GET", "/_mock/keys?toolkit=mock&account=alice@example.com", std::move(headers)).status;
  };
  CHECK(status({{"Host", "127.0.0.1:4000"}}) == 200);
  CHECK(status({{"Host", "localhost:4000"}}) == 200);
  CHECK(status({{"Host", "[::1]:4000"}}) == 200);
  CHECK(status({{"Host", "127.0.0.1:4000"}, {"Origin", "http://127.0.0.1:4000"}}) == 200);
  CHECK(status({{"Host", "evil.example"}}) == 403);
  CHECK(status({{"Host", "127.0.0.1:4000"}, {"Origin", "https://evil.example"}}) == 403);
  CHECK(status({{"Host", "127.0.0.1:4000"}, {"Origin", "null"}}) == 403);
  const HttpHeaders plain = {{"Content-Type", "text/plain"}};
  CHECK(world.send("POST", "/_mock/clock", plain, R"({"advance":"1h"})").status == 400);
}

TEST_CASE("what does not exist is 404 as JSON", "[control]") {
  MockWorld world;
  for (const char* target :
       {"/_mock/nothing", "/nowhere", "/mock/google/nothing", "/mock/mockidp/mock/nothing"}) {
    CAPTURE(target);
    const ServerResponse response = world.get(target);
    CHECK(response.status == 404);
    CHECK_NOTHROW(parse_json(response.body));
  }
}

TEST_CASE("controls that name what does not exist are refused and change nothing", "[control]") {
  MockWorld world;
  const auto [target, body, status] = GENERATE(table<const char*, const char*, int>(
      {{"faults", R"({"endpoint":"api:gmial"})", 400},
       {"tenants", R"({"name":"a","provider":"gogle"})", 400},
       {"grants/revoke", R"({"account":"nobody@example.com"})", 404},
       {"grants/expire", R"({"account":"nobody@example.com"})", 404},
       {"clients", R"({"provider":"mockidp","client_id":"c","token_endpoint_auth_method":"magic"})", 400},
       {"clients", R"({"provider":"mockidp","client_id":"c","grant_types":["magic"]})", 400},
       {"clients", R"({"provider":"mockidp","client_id":"c","redirect_uris":["javascript:run"]})", 400},
       {"clients", R"({"provider":"mockidp","client_id":"c","redirect_uris":["/relative"]})", 400}}));
  CAPTURE(target, body);
  CHECK(world.post_json(std::string("/_mock/") + target, parse_json(body)).status == status);
}

TEST_CASE("the controls know an account in whatever case it is typed", "[control]") {
  MockWorld world;
  world.connect("mockidp");
  CHECK(world.control("GET", "/_mock/grants?account=Alice@Example.com")["grants"].size() == 1);
  CHECK_FALSE(world.control("GET", "/_mock/journal?account=ALICE@example.com")["entries"].empty());
  CHECK(world.control("POST", "/_mock/grants/revoke", {{"account", "ALICE@example.com"}})["grants"] == 1);
}

TEST_CASE("HEAD is answered wherever GET is", "[control]") {
  MockWorld world;
  const char* target =
      GENERATE("/", "/_mock/", "/_mock/style.css", "/_mock/journal", "/_mock/snapshot", "/_mock/tenants",
               "/mock/mockidp/jwks", "/mock/mockidp/.well-known/openid-configuration");
  CAPTURE(target);
  CHECK(world.send("HEAD", target).status == 200);
}
