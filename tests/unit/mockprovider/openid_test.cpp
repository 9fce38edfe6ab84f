#include "mockprovider/id_token.h"
#include "tests/unit/mockprovider/jwt_reading.h"
#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* kIssuer = "http://127.0.0.1:4000/mock/mockidp";
const Fields kOpenId = {{"scope", "openid email"}, {"nonce", "n-0S6_WzA2Mj"}};

Json jwks_of(MockWorld& world) {
  return parse_json(world.get("/mock/mockidp/jwks").body);
}

Jwt id_token_of(const Json& answer) {
  return read_jwt(answer.at("id_token"));
}

}  // namespace

TEST_CASE("the scope openid brings an id_token that the key set vouches for", "[openid]") {
  MockWorld world;
  const Json answer = world.connect("mockidp", kOpenId);
  const Jwt token = id_token_of(answer);
  CHECK(is_signed_by(token, jwks_of(world)));
  CHECK(token.header["alg"] == "RS256");
  CHECK(token.claims["iss"] == kIssuer);
  CHECK(token.claims["aud"] == "coffer-dev-mockidp");
  CHECK(token.claims["nonce"] == "n-0S6_WzA2Mj");
  CHECK(token.claims["auth_time"] == coffer::testing::kStartMs / 1000);
  CHECK(token.claims["exp"].get<std::int64_t>() - token.claims["iat"].get<std::int64_t>() == 3600);
  CHECK(token.claims["at_hash"] ==
        half_hash(SigningAlgorithm::RS256, answer["access_token"].get<std::string>()));
  CHECK(token.claims["email"] == "alice@example.com");
  CHECK_FALSE(token.claims.contains("name"));
}

TEST_CASE("without the scope openid there is no id_token", "[openid]") {
  MockWorld world;
  CHECK_FALSE(world.connect("mockidp").contains("id_token"));
}

TEST_CASE("a refresh brings an id_token of the same person and sign-in, without the nonce", "[openid]") {
  MockWorld world;
  const Json first = world.connect("mockidp", kOpenId);
  world.clock.advance(10min);
  const Jwt second = id_token_of(parse_json(world.refresh("mockidp", first["refresh_token"]).body));
  CHECK(second.claims["sub"] == id_token_of(first).claims["sub"]);
  CHECK(second.claims["auth_time"] == id_token_of(first).claims["auth_time"]);
  CHECK(second.claims["iat"].get<std::int64_t>() - id_token_of(first).claims["iat"].get<std::int64_t>() ==
        600);
  CHECK_FALSE(second.claims.contains("nonce"));
}

TEST_CASE("id_token, userinfo and introspection name one subject", "[openid]") {
  MockWorld world;
  const std::string provider = GENERATE("mockidp", "google");
  const Json answer = world.connect(provider, {{"scope", "openid"}, {"nonce", ""}});
  const std::string subject = id_token_of(answer).claims["sub"];
  const Json introspected =
      parse_json(world
                     .post_form(MockWorld::path_of(provider) + "/introspect",
                                {{"token", answer["access_token"]}}, world.basic_of(provider))
                     .body);
  CHECK(introspected["sub"] == subject);
  const Json userinfo =
      parse_json(world.get(MockWorld::path_of(provider) + "/userinfo", answer["access_token"]).body);
  CHECK(userinfo["sub"] == subject);
}

TEST_CASE("a client may have its id_token signed with EdDSA", "[openid]") {
  MockWorld world;
  Json client = {{"provider", "mockidp"},
                 {"client_id", "coffer-dev-mockidp"},
                 {"id_token_signed_response_alg", "EdDSA"},
                 {"client_secret", world.client_of("mockidp").client_secret},
                 {"any_loopback_redirect", true}};
  world.control("POST", "/_mock/clients", client);
  const Jwt token = id_token_of(world.connect("mockidp", kOpenId));
  CHECK(token.header["alg"] == "EdDSA");
  CHECK(is_signed_by(token, jwks_of(world)));
}

TEST_CASE("half_hash is the left half of the algorithm's hash", "[openid]") {
  // OpenID Connect Core appendix A.3.
  CHECK(half_hash(SigningAlgorithm::RS256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y") ==
        "77QmUPtjPfzWtF2AnpK9RQ");
  CHECK(half_hash(SigningAlgorithm::EdDSA, "x").size() == 43);
}

TEST_CASE("a rotated signing key signs at once, and the old one is dropped when told", "[openid]") {
  MockWorld world;
  const Jwt before = id_token_of(world.connect("mockidp", kOpenId));
  world.control("POST", "/_mock/signing_keys/rotate", {{"provider", "mockidp"}});
  CHECK(is_signed_by(before, jwks_of(world)));
  const Jwt after = id_token_of(world.connect("mockidp", kOpenId));
  CHECK(after.header["kid"] != before.header["kid"]);
  world.control("POST", "/_mock/signing_keys/rotate", {{"provider", "mockidp"}, {"keep_old", false}});
  CHECK_FALSE(is_signed_by(before, jwks_of(world)));
  CHECK_FALSE(is_signed_by(after, jwks_of(world)));
}

TEST_CASE("userinfo refuses as RFC 6750 says", "[openid]") {
  MockWorld world;
  const std::string path = "/mock/mockidp/userinfo";
  const std::string good = world.connect("mockidp", kOpenId)["access_token"];
  const std::string without_scope = world.connect("mockidp")["access_token"];
  CHECK(world.get(path, good).status == 200);
  CHECK(world.post_form(path, {{"access_token", good}}).status == 200);
  const ServerResponse insufficient = world.get(path, without_scope);
  CHECK(insufficient.status == 403);
  CHECK(header_of(insufficient, "WWW-Authenticate").find("error=\"insufficient_scope\"") !=
        std::string::npos);
  const ServerResponse twice =
      world.post_form(path, {{"access_token", good}}, {{"Authorization", "Bearer " + good}});
  CHECK(twice.status == 400);
  CHECK(header_of(twice, "Cache-Control") == "no-store");
  const ServerResponse unknown = world.get(path, "unknown");
  CHECK(unknown.status == 401);
  CHECK(header_of(unknown, "WWW-Authenticate").find("error=\"invalid_token\"") != std::string::npos);
}

TEST_CASE("userinfo tells what the granted scopes allow", "[openid]") {
  MockWorld world;
  const auto claims = [&](const char* scope) {
    const std::string token = world.connect("mockidp", {{"scope", scope}})["access_token"];
    return parse_json(world.get("/mock/mockidp/userinfo", token).body);
  };
  CHECK_FALSE(claims("openid").contains("email"));
  CHECK_FALSE(claims("openid").contains("email_verified"));
  CHECK(claims("openid email")["email"] == "alice@example.com");
  CHECK(claims("openid email")["email_verified"] == true);  // OpenID Connect Core section 5.4
  CHECK_FALSE(claims("openid email").contains("name"));
  CHECK(claims("openid profile")["name"] == "Alice Example");
}

TEST_CASE("a refresh token is no access token", "[openid]") {
  MockWorld world;
  const Json answer = world.connect("mockidp", kOpenId);
  CHECK(world.get("/mock/mockidp/userinfo", answer["refresh_token"]).status == 401);
}

TEST_CASE("access tokens are JWTs of RFC 9068 by switch, and no more believed for it", "[openid]") {
  MockWorld world;
  world.control("POST", "/_mock/clients",
                {{"provider", "mockidp"},
                 {"client_id", "coffer-dev-mockidp"},
                 {"client_secret", world.client_of("mockidp").client_secret},
                 {"any_loopback_redirect", true},
                 {"access_token_format", "jwt"}});
  const Json answer = world.connect("mockidp", {{"scope", "openid read"}});
  const std::string value = answer["access_token"];
  const Jwt token = read_jwt(value);
  CHECK(is_signed_by(token, jwks_of(world)));
  CHECK(token.header["typ"] == "at+jwt");
  CHECK(token.claims["iss"] == kIssuer);
  CHECK(token.claims["aud"] == kIssuer);
  CHECK(token.claims["sub"] == id_token_of(answer).claims["sub"]);
  CHECK(token.claims["client_id"] == "coffer-dev-mockidp");
  CHECK(token.claims["scope"] == "openid read");
  CHECK(token.claims["exp"].get<std::int64_t>() - token.claims["iat"].get<std::int64_t>() == 3600);
  CHECK_FALSE(token.claims["jti"].get<std::string>().empty());
  CHECK(world.get("/mock/mockidp/mock/whoami", value).status == 200);
  world.post_form("/mock/mockidp/revoke", {{"token", value}}, world.basic_of("mockidp"));
  CHECK(world.get("/mock/mockidp/mock/whoami", value).status == 401);
}
