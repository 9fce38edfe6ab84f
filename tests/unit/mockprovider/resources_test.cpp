#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;

namespace {

constexpr const char* kResource = "http://127.0.0.1:4000/mock/mockidp/mock";

}  // namespace

TEST_CASE("a token for a resource is believed there and nowhere else", "[resources]") {
  MockWorld world;
  const Json own = world.connect("mockidp", {{"resource", kResource}});
  CHECK(world.get(kWhoami, own["access_token"]).status == 200);
  const Json foreign = world.connect("mockidp", {{"resource", "https://api.example.com/mcp"}});
  const ServerResponse refused = world.get(kWhoami, foreign["access_token"]);
  CHECK(refused.status == 401);
  CHECK(header_of(refused, "WWW-Authenticate").find("error=\"invalid_token\"") != std::string::npos);
}

TEST_CASE("introspection tells what a token is for", "[resources]") {
  MockWorld world;
  const auto audience = [&](const Json& tokens) {
    return parse_json(world
                          .post_form("/mock/mockidp/introspect", {{"token", tokens["access_token"]}},
                                     world.basic_of("mockidp"))
                          .body)["aud"];
  };
  CHECK(audience(world.connect("mockidp")) == "http://127.0.0.1:4000/mock/mockidp");
  const Json tokens = world.connect("mockidp", {{"resource", kResource}});
  CHECK(audience(tokens) == kResource);
  CHECK(audience(parse_json(world.refresh("mockidp", tokens["refresh_token"]).body)) == kResource);
}

TEST_CASE("resources that cannot be are refused", "[resources]") {
  MockWorld world;
  const char* resource =
      GENERATE("/relative", "https://api.example.com/#part", "urn:x", "http://127.0.0.1:4000/nowhere");
  const ServerResponse response =
      world.token("mockidp", {{"grant_type", "client_credentials"}, {"resource", resource}});
  CHECK(response.status == 400);
  CHECK(parse_json(response.body)["error"] == "invalid_target");
}

TEST_CASE("several resources may be named", "[resources]") {
  MockWorld world;
  const ServerResponse response = world.token("mockidp", {{"grant_type", "client_credentials"},
                                                          {"resource", "https://a.example"},
                                                          {"resource", "https://b.example"}});
  CHECK(response.status == 200);
}

TEST_CASE("a toolkit's API tells which authorization server it believes", "[resources]") {
  MockWorld world;
  const ServerResponse response = world.get("/.well-known/oauth-protected-resource/mock/mockidp/mock");
  REQUIRE(response.status == 200);
  const Json metadata = parse_json(response.body);
  CHECK(metadata["resource"] == kResource);
  CHECK(metadata["authorization_servers"] == Json::array({"http://127.0.0.1:4000/mock/mockidp"}));
  CHECK(metadata["bearer_methods_supported"] == Json::array({"header"}));
  CHECK(metadata["scopes_supported"].is_array());
  CHECK(world.get("/.well-known/oauth-protected-resource/mock/api/tavily").status == 404);
  CHECK(world.get("/.well-known/oauth-protected-resource/mock/mockidp").status == 404);
  CHECK(world.get("/.well-known/oauth-protected-resource/no/such").status == 404);
}

TEST_CASE("a challenge names the resource's metadata", "[resources]") {
  MockWorld world;
  const std::string challenge = header_of(world.get(kWhoami), "WWW-Authenticate");
  CHECK(challenge.find("resource_metadata=\"http://127.0.0.1:4000/.well-known/oauth-protected-resource"
                       "/mock/mockidp/mock\"") != std::string::npos);
}

TEST_CASE("in a tenant the resource, its metadata and its provider are the tenant's", "[resources]") {
  MockWorld world;
  REQUIRE(world.post_json("/_mock/tenants", {{"name", "one"}}).status == 201);
  const std::string url = "http://127.0.0.1:4000/t/one/mock/mockidp";
  const std::string challenge = header_of(world.get(std::string("/t/one") + kWhoami), "WWW-Authenticate");
  const std::string target = "/.well-known/oauth-protected-resource/t/one/mock/mockidp/mock";
  CHECK(challenge.find("\"http://127.0.0.1:4000" + target + "\"") != std::string::npos);
  const Json metadata = parse_json(world.get(target).body);
  CHECK(metadata["resource"] == url + "/mock");
  CHECK(metadata["authorization_servers"] == Json::array({url}));
}

TEST_CASE("the metadata publishes every endpoint", "[resources]") {
  MockWorld world;
  const Json metadata = parse_json(world.get("/mock/mockidp/.well-known/openid-configuration").body);
  const std::string issuer = metadata["issuer"];
  CHECK(metadata["jwks_uri"] == issuer + "/jwks");
  CHECK(metadata["registration_endpoint"] == issuer + "/register");
  CHECK(metadata["device_authorization_endpoint"] == issuer + "/device_authorization");
  CHECK(metadata["pushed_authorization_request_endpoint"] == issuer + "/par");
  CHECK(metadata["introspection_endpoint"] == issuer + "/introspect");
  CHECK(metadata["revocation_endpoint"] == issuer + "/revoke");
  CHECK(metadata["id_token_signing_alg_values_supported"] == Json::array({"RS256", "EdDSA"}));
  CHECK(metadata["token_endpoint_auth_methods_supported"] ==
        Json::array({"client_secret_basic", "client_secret_post", "none"}));
  CHECK(metadata["grant_types_supported"].size() == 5);
}

TEST_CASE("a token for a resource is refused by userinfo", "[resources]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp", {{"resource", kResource}, {"scope", "openid"}});
  CHECK(world.get("/mock/mockidp/userinfo", tokens["access_token"]).status == 401);
}
