#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

namespace {

Fields pushed_form(const MockWorld& world, const Fields& changes = {}) {
  const std::string target = world.authorize_target("mockidp", changes);
  return parse_form(target.substr(target.find('?') + 1)).value();
}

ServerResponse push(MockWorld& world, const Fields& changes = {}) {
  return world.post_form("/mock/mockidp/par", pushed_form(world, changes), world.basic_of("mockidp"));
}

std::string address_of(const ServerResponse& response) {
  REQUIRE(response.status == 201);
  return parse_json(response.body)["request_uri"];
}

std::string link_to(const MockWorld& world, const std::string& address) {
  return with_query("/mock/mockidp/authorize",
                    {{"client_id", world.client_of("mockidp").client_id}, {"request_uri", address}});
}

}  // namespace

TEST_CASE("a pushed request leads to a code like any other", "[par]") {
  MockWorld world;
  const ServerResponse pushed = push(world);
  CHECK(header_of(pushed, "Cache-Control") == "no-store");
  CHECK(parse_json(pushed.body)["expires_in"] == 60);
  const std::string address = address_of(pushed);
  CHECK(address.starts_with("urn:ietf:params:oauth:request_uri:"));
  const std::string location =
      walk_pages(world.front, link_to(world, address), "alice@example.com", Decision::Allow);
  const Fields answer = MockWorld::answer_of_redirect(location);
  CHECK(find_field(answer, "state") == "st+1 =");
  CHECK(world.redeem("mockidp", std::string(find_field(answer, "code").value())).status == 200);
}

TEST_CASE("what stands beside the address changes nothing", "[par]") {
  MockWorld world;
  const std::string link = with_query(link_to(world, address_of(push(world))),
                                      {{"redirect_uri", "https://evil.example/cb"}, {"state", "changed"}});
  const std::string location = walk_pages(world.front, link, "alice@example.com", Decision::Allow);
  CHECK(location.starts_with(kCallback));
  CHECK(find_field(MockWorld::answer_of_redirect(location), "state") == "st+1 =");
}

TEST_CASE("an address is good once, for a minute, and for its own client", "[par]") {
  MockWorld world;
  const std::string once = link_to(world, address_of(push(world)));
  CHECK(world.get(once).status == 200);
  CHECK(world.get(once).status == 400);
  const std::string late = link_to(world, address_of(push(world)));
  world.clock.advance(60s);
  CHECK(world.get(late).status == 400);
  CHECK(world.get(link_to(world, "urn:ietf:params:oauth:request_uri:unknown")).status == 400);
  world.control("POST", "/_mock/clients",
                {{"provider", "mockidp"}, {"client_id", "c"}, {"redirect_uris", {kCallback}}});
  const std::string address = address_of(push(world));
  CHECK(world.get(with_query("/mock/mockidp/authorize", {{"client_id", "c"}, {"request_uri", address}}))
            .status == 400);
  CHECK(world.get(link_to(world, address)).status == 200);
}

TEST_CASE("a faulty request is refused when it is pushed", "[par]") {
  struct Case {
    Fields change;
    std::string error;
  };
  const Case c = GENERATE(values<Case>({
      {{{"redirect_uri", "https://evil.example/cb"}}, "invalid_request"},
      {{{"response_type", ""}}, "invalid_request"},
      {{{"response_type", "token"}}, "unsupported_response_type"},
      {{{"code_challenge_method", "plain"}}, "invalid_request"},
      {{{"request_uri", "urn:ietf:params:oauth:request_uri:x"}}, "invalid_request"},
      {{{"client_id", "somebody-else"}}, "invalid_request"},
      {{{"resource", "/relative"}}, "invalid_target"},
  }));
  MockWorld world;
  CAPTURE(c.change[0].first);
  const ServerResponse response = push(world, c.change);
  CHECK(response.status == 400);
  CHECK(parse_json(response.body)["error"] == c.error);
}

TEST_CASE("a client has to authenticate itself to push", "[par]") {
  MockWorld world;
  const ServerResponse response = world.post_form("/mock/mockidp/par", pushed_form(world));
  CHECK(response.status == 401);
  CHECK(parse_json(response.body)["error"] == "invalid_client");
}

TEST_CASE("a client that has to push is refused when it does not", "[par]") {
  MockWorld world;
  const Client client = world.client_of("mockidp");
  world.control("POST", "/_mock/clients",
                {{"provider", "mockidp"},
                 {"client_id", client.client_id},
                 {"client_secret", client.client_secret},
                 {"any_loopback_redirect", true},
                 {"require_pushed_authorization_requests", true}});
  const ServerResponse direct = world.get(world.authorize_target("mockidp"));
  CHECK(direct.status == 303);
  CHECK(find_field(MockWorld::answer_of_redirect(header_of(direct, "Location")), "error") ==
        "invalid_request");
  CHECK(world.get(link_to(world, address_of(push(world)))).status == 200);
}
