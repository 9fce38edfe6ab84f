#include <set>
#include <thread>

#include "mockprovider/snapshot.h"
#include "mockprovider/token_endpoint.h"
#include "tests/unit/mockprovider/jwt_reading.h"
#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;

namespace {

constexpr const char* kItems = "/mock/mockidp/mock/items";

// A tenant without the server around it: its requests can be stopped half way.
struct BareTenant {
  MovableClock clock{from_ms(coffer::testing::kStartMs)};
  Tenant tenant{{kUrl, clock, shipped_catalog(), shipped_profiles(), 1}};

  BareTenant() {
    Client client = managed_client("mockidp", 1);
    client.has_jwt_access_tokens = true;
    tenant.clients.add(client);
  }
  const Profile& profile() const { return shipped_profiles().at("mockidp"); }
  const Token* find(const Json& answer) const {
    return tenant.grants.find(answer.at("access_token").get_ref<const std::string&>());
  }
};

// What of a JWT's answer is done with the tenant: until the signature is due, and after it.
struct OpenRequest {
  Exchange exchange;
  ServerRequest request;

  void begin(BareTenant& world) {
    const Client client = managed_client("mockidp", 1);
    request.method = "POST";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Authorization", "Basic " + to_base64(form_encode(client.client_id) + ":" +
                                                              form_encode(client.client_secret))}};
    request.body = "grant_type=client_credentials&scope=read";
    exchange.entry.endpoint = "token";
    serve_token(world.tenant, world.profile(), request, exchange);
    REQUIRE(exchange.work);
  }
  Json finish(BareTenant& world) {
    exchange.work();
    const ServerResponse response = exchange.answer_later(world.tenant, exchange);
    CHECK(response.status == 200);
    return parse_json(response.body);
  }
};

// The same seed gives the same token.
std::string beginning_of_first_jwt() {
  BareTenant twin;
  OpenRequest open;
  open.begin(twin);
  const std::string value = open.finish(twin)["access_token"];
  return value.substr(0, value.rfind('.'));
}

void use_jwt_client(MockWorld& world) {
  world.control("POST", "/_mock/clients",
                {{"provider", "mockidp"},
                 {"client_id", world.client_of("mockidp").client_id},
                 {"client_secret", world.client_of("mockidp").client_secret},
                 {"any_loopback_redirect", true},
                 {"access_token_format", "jwt"}});
}

}  // namespace

TEST_CASE("a JWT is believed from when it is signed, and not before", "[jwt]") {
  BareTenant world;
  OpenRequest open;
  open.begin(world);
  REQUIRE(world.tenant.grants.families().size() == 1);
  const std::string family = world.tenant.grants.families().front().id;
  const Json answer = open.finish(world);
  const Token* token = world.find(answer);
  REQUIRE(token);
  CHECK(world.tenant.grants.is_live(*token));
  CHECK(world.tenant.grants.tokens_of(family).size() == 1);
  const std::string value = answer["access_token"];
  CHECK_FALSE(world.tenant.grants.find(value.substr(0, value.rfind('.'))));
}

TEST_CASE("a JWT that waits for its signature can be neither used nor revoked by its beginning", "[jwt]") {
  BareTenant world;
  OpenRequest open;
  open.begin(world);
  const std::string unsigned_value = beginning_of_first_jwt();
  CHECK_FALSE(world.tenant.grants.find(unsigned_value));
  world.tenant.grants.revoke(unsigned_value, managed_client("mockidp", 1).client_id);
  const Token* token = world.find(open.finish(world));
  REQUIRE(token);
  CHECK(world.tenant.grants.is_live(*token));
}

TEST_CASE("a snapshot that is made while a JWT is signed holds it as its client gets it", "[jwt]") {
  BareTenant world;
  OpenRequest open;
  open.begin(world);
  const Json snapshot = parse_json(take_snapshot(world.tenant, 0));
  world.tenant.signing_keys.rotate("mockidp", true);
  const std::string value = open.finish(world)["access_token"];
  const auto restored =
      restore_snapshot({kUrl, world.clock, shipped_catalog(), shipped_profiles(), 1}, snapshot);
  for (const Grants* grants : {&world.tenant.grants, &restored->grants}) {
    REQUIRE(grants->find(value));
    CHECK(grants->is_live(*grants->find(value)));
    CHECK_FALSE(grants->find(beginning_of_first_jwt()));
  }
}

TEST_CASE("a grant that ends while its JWT is signed gives a dead token", "[jwt]") {
  BareTenant world;
  OpenRequest open;
  open.begin(world);
  world.tenant.grants.revoke_client("mockidp", managed_client("mockidp", 1).client_id);
  const Token* token = world.find(open.finish(world));
  REQUIRE(token);
  CHECK_FALSE(world.tenant.grants.is_live(*token));
}

TEST_CASE("JWTs that are signed at the same time come out whatever their order", "[jwt]") {
  BareTenant world;
  OpenRequest first;
  OpenRequest second;
  first.begin(world);
  second.begin(world);
  const Json later = second.finish(world);
  const Json sooner = first.finish(world);
  REQUIRE(world.find(sooner));
  REQUIRE(world.find(later));
  CHECK(world.find(sooner)->id == read_jwt(sooner["access_token"]).claims["jti"]);
  CHECK(world.find(later)->id == read_jwt(later["access_token"]).claims["jti"]);
}

TEST_CASE("a JWT of a tenant that was reset before it was signed is unknown to the new one", "[jwt]") {
  BareTenant before;
  BareTenant after;
  OpenRequest open;
  open.begin(before);
  CHECK_FALSE(after.find(open.finish(after)));
}

TEST_CASE("many threads get JWTs of one tenant, each its own, all alive and told in the journal", "[jwt]") {
  constexpr int kThreads = 4;
  constexpr int kEach = 10;
  MockWorld world;
  use_jwt_client(world);
  std::vector<std::string> values(kThreads * kEach);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const auto response =
            world.token("mockidp", {{"grant_type", "client_credentials"}, {"scope", "read"}});
        values[static_cast<std::size_t>(t * kEach + i)] = parse_json(response.body)["access_token"];
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(std::set<std::string>(values.begin(), values.end()).size() == values.size());
  for (const auto& value : values) CHECK(world.get(kItems, value).status == 200);
  const Json entries = world.control("GET", "/_mock/journal?endpoint=token")["entries"];
  CHECK(entries.size() == values.size());
  for (const auto& entry : entries) {
    const std::string id = entry["access_token_id"];
    CHECK(parse_json(entry["answer"].get<std::string>())["access_token"] == "[" + id + "]");
  }
}

TEST_CASE("the same seed gives the same JWTs and id_tokens, byte for byte", "[jwt]") {
  const auto answer_of_a_new_world = [] {
    MockWorld world;
    use_jwt_client(world);
    return world.connect("mockidp", {{"scope", "openid read"}});
  };
  const Json answer = answer_of_a_new_world();
  CHECK(answer.contains("id_token"));
  CHECK(answer == answer_of_a_new_world());
}

TEST_CASE("a refresh that gives a JWT and loses the answer has rotated", "[jwt]") {
  MockWorld world;
  use_jwt_client(world);
  const Json first = world.connect("mockidp");
  world.control("POST", "/_mock/faults", {{"endpoint", "refresh"}, {"action", "commit_then_lose_answer"}});
  CHECK(world.refresh("mockidp", first["refresh_token"]).sabotage == Sabotage::ResetBeforeAnswer);
  CHECK(parse_json(world.refresh("mockidp", first["refresh_token"]).body)["error"] == "invalid_grant");
}
