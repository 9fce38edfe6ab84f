#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

namespace {

Json create(MockWorld& world, const Json& body = Json::object()) {
  const ServerResponse response = world.post_json("/_mock/tenants", body);
  INFO(response.body);
  REQUIRE(response.status == 201);
  return parse_json(response.body);
}

// Signs alice in at mockidp below this prefix and redeems the code.
Json connect_at(MockWorld& world, const std::string& prefix) {
  const std::string location = walk_pages(world.front, prefix + world.authorize_target("mockidp"),
                                          "alice@example.com", Decision::Allow);
  const Fields answer = MockWorld::answer_of_redirect(location);
  const ServerResponse response =
      world.post_form(prefix + "/mock/mockidp/token",
                      {{"grant_type", "authorization_code"},
                       {"code", std::string(find_field(answer, "code").value_or(""))},
                       {"redirect_uri", kCallback},
                       {"code_verifier", kVerifier}},
                      world.basic_of("mockidp"));
  INFO(response.body);
  REQUIRE(response.status == 200);
  return parse_json(response.body);
}

}  // namespace

TEST_CASE("a tenant is made in one call that tells all a client needs", "[tenants]") {
  MockWorld world;
  const Json tenant = create(world, {{"name", "suite-1"}});
  const std::string url = std::string(kUrl) + "/t/suite-1";
  CHECK(tenant["url"] == url);
  CHECK(tenant["control_url"] == url + "/_mock");
  CHECK(tenant["issuer"] == url + "/mock/mockidp");
  CHECK(tenant["client_id"] == world.client_of("mockidp").client_id);
  CHECK(tenant["client_secret"] == world.client_of("mockidp").client_secret);
}

TEST_CASE("tenants without a name get different ones", "[tenants]") {
  MockWorld world;
  create(world, {{"name", "t2"}});
  const std::string first = create(world)["name"];
  const std::string second = create(world)["name"];
  CHECK(first == "t1");
  CHECK(second == "t3");
}

TEST_CASE("a tenant's issuer has its prefix, in both placements of the metadata", "[tenants]") {
  MockWorld world;
  create(world, {{"name", "a"}});
  const std::string issuer = std::string(kUrl) + "/t/a/mock/mockidp";
  for (const char* path : {"/.well-known/oauth-authorization-server/t/a/mock/mockidp",
                           "/t/a/mock/mockidp/.well-known/openid-configuration",
                           "/t/a/mock/mockidp/.well-known/oauth-authorization-server"}) {
    CAPTURE(path);
    const ServerResponse response = world.get(path);
    REQUIRE(response.status == 200);
    CHECK(parse_json(response.body)["issuer"] == issuer);
    CHECK(parse_json(response.body)["token_endpoint"] == issuer + "/token");
  }
}

TEST_CASE("a token of one tenant is unknown to every other", "[tenants]") {
  MockWorld world;
  create(world, {{"name", "b"}});
  create(world, {{"name", "c"}});
  const std::string token = connect_at(world, "/t/b")["access_token"];
  CHECK(world.get(std::string("/t/b") + kWhoami, token).status == 200);
  CHECK(world.get(std::string("/t/c") + kWhoami, token).status == 401);
  CHECK(world.get(kWhoami, token).status == 401);
}

TEST_CASE("each tenant has its own clock", "[tenants]") {
  MockWorld world;
  create(world, {{"name", "a"}, {"freeze", true}});
  create(world, {{"name", "b"}, {"freeze", true}, {"now", "2030-01-01T00:00:00Z"}});
  world.control("POST", "/t/a/_mock/clock", {{"advance", "1h"}});
  CHECK(world.control("GET", "/t/a/_mock/clock")["now"] == "2026-11-22T13:00:00.000Z");
  CHECK(world.control("GET", "/t/b/_mock/clock")["now"] == "2030-01-01T00:00:00.000Z");
  CHECK(world.control("GET", "/_mock/clock")["now"] == "2026-11-22T12:00:00.000Z");
}

TEST_CASE("clients, accounts, faults, scripts and the journal are each tenant's own", "[tenants]") {
  MockWorld world;
  create(world, {{"name", "a"}});
  world.control("POST", "/t/a/_mock/clients", {{"provider", "mockidp"}, {"client_id", "only-a"}});
  world.control("POST", "/t/a/_mock/accounts", {{"email", "ann@example.com"}});
  world.control("POST", "/t/a/_mock/faults", {{"endpoint", "token"}});
  world.control("POST", "/t/a/_mock/scripts", {{"provider", "mockidp"}});
  world.get("/t/a/mock/nowhere");
  CHECK(world.control("GET", "/_mock/clients").dump().find("only-a") == std::string::npos);
  CHECK(world.control("GET", "/_mock/accounts")["accounts"].size() == 2);
  CHECK(world.control("GET", "/_mock/faults")["faults"].empty());
  CHECK(world.control("GET", "/_mock/scripts")["scripts"].empty());
  CHECK(world.control("GET", "/_mock/journal")["entries"].empty());
  CHECK(world.control("GET", "/t/a/_mock/journal")["entries"].size() == 1);
}

TEST_CASE("the toolkits' data are each tenant's own", "[tenants]") {
  MockWorld world;
  create(world, {{"name", "a"}});
  create(world, {{"name", "b"}});
  const auto titles_of = [&](const std::string& prefix, bool adds) {
    const std::string token = connect_at(world, prefix)["access_token"];
    const HttpHeaders bearer = {{"Authorization", "Bearer " + token}};
    if (adds) world.post_json(prefix + "/mock/mockidp/mock/items", {{"title", "mine"}}, bearer);
    return world.get(prefix + "/mock/mockidp/mock/items", token).body;
  };
  CHECK(titles_of("/t/a", true).find("mine") != std::string::npos);
  CHECK(titles_of("/t/b", false).find("mine") == std::string::npos);
}

TEST_CASE("a reset leaves the other tenants alone", "[tenants]") {
  MockWorld world;
  create(world, {{"name", "a"}});
  create(world, {{"name", "b"}});
  const std::string token = connect_at(world, "/t/b")["access_token"];
  world.control("POST", "/t/a/_mock/reset");
  world.control("POST", "/_mock/reset");
  CHECK(world.get(std::string("/t/b") + kWhoami, token).status == 200);
}

TEST_CASE("what is below an unknown tenant is not found, and says so", "[tenants]") {
  MockWorld world;
  create(world, {{"name", "a"}});
  CHECK(world.send("DELETE", "/_mock/tenants/a").status == 200);
  for (const char* path : {"/t/a/mock/mockidp/authorize", "/t/a/_mock/clock", "/t/a",
                           "/.well-known/oauth-authorization-server/t/a/mock/mockidp"}) {
    CAPTURE(path);
    const ServerResponse response = world.get(path);
    CHECK(response.status == 404);
    CHECK(parse_json(response.body)["message"] == "tenant \"a\" does not exist");
  }
  CHECK(world.send("DELETE", "/_mock/tenants/a").status == 404);
}

TEST_CASE("tenants are listed until they are deleted", "[tenants]") {
  MockWorld world;
  create(world, {{"name", "a"}});
  create(world, {{"name", "b"}});
  world.send("DELETE", "/_mock/tenants/a");
  const Json tenants = world.control("GET", "/_mock/tenants")["tenants"];
  REQUIRE(tenants.size() == 1);
  CHECK(tenants[0]["name"] == "b");
}

TEST_CASE("a tenant is not made twice, nor with a name that a path cannot hold", "[tenants]") {
  MockWorld world;
  create(world, {{"name", "a"}});
  CHECK(world.post_json("/_mock/tenants/a", Json::object()).status == 409);
  CHECK(world.post_json("/_mock/tenants", {{"name", "a/b"}}).status == 400);
  CHECK(world.post_json("/_mock/tenants", {{"name", std::string(65, 'a')}}).status == 400);
  CHECK(world.post_json("/_mock/tenants", {{"colour", "red"}}).status == 400);
}

TEST_CASE("there are at most 1000 tenants", "[tenants]") {
  MockWorld world;
  for (int i = 0; i < 1'000; ++i) create(world);
  CHECK(world.post_json("/_mock/tenants", Json::object()).status == 413);
  world.send("DELETE", "/_mock/tenants/t1");
  create(world);
}

TEST_CASE("tenants are not made by pages of other sites, nor below another tenant", "[tenants]") {
  MockWorld world;
  create(world, {{"name", "a"}});
  CHECK(world.post_json("/_mock/tenants", Json::object(), {{"Origin", "https://other.example"}}).status ==
        403);
  CHECK(world.post_json("/t/a/_mock/tenants", Json::object()).status == 404);
}

TEST_CASE("tenants of one seed give other tokens, and one of the same name the same again", "[tenants]") {
  MockWorld world;
  const auto code_of = [&](const std::string& name) {
    REQUIRE(world.post_json("/_mock/tenants/" + name, {{"seed", 1}}).status == 201);
    const std::string target = world.authorize_target("mockidp", {{"mock_script", "auto"}});
    const std::string location = header_of(world.get("/t/" + name + target), "Location");
    return std::string(find_field(MockWorld::answer_of_redirect(location), "code").value());
  };
  const std::string first = code_of("a");
  CHECK(code_of("b") != first);
  world.send("DELETE", "/_mock/tenants/a");
  CHECK(code_of("a") == first);
  CHECK(MockWorld::answer_of_redirect(world.redirect_of("mockidp")).front().second != first);
}
