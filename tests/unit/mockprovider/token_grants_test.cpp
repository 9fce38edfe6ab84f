#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* kExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
constexpr const char* kAccessToken = "urn:ietf:params:oauth:token-type:access_token";

std::string error_of(const ServerResponse& response) {
  return parse_json(response.body).value("error", "granted");
}

ServerResponse exchange(MockWorld& world, const std::string& token, const Fields& more = {}) {
  Fields form = {{"grant_type", kExchange}, {"subject_token", token}};
  if (!find_field(more, "subject_token_type")) form.emplace_back("subject_token_type", kAccessToken);
  form.insert(form.end(), more.begin(), more.end());
  return world.token("mockidp", form);
}

}  // namespace

TEST_CASE("a client gets a token for itself, without refresh token", "[grants]") {
  MockWorld world;
  const Json tokens =
      parse_json(world.token("mockidp", {{"grant_type", "client_credentials"}, {"scope", "read"}}).body);
  CHECK(tokens["scope"] == "read");
  CHECK_FALSE(tokens.contains("refresh_token"));
  const Json seen = parse_json(world
                                   .post_form("/mock/mockidp/introspect", {{"token", tokens["access_token"]}},
                                              world.basic_of("mockidp"))
                                   .body);
  CHECK(seen["active"] == true);
  CHECK(seen["sub"] == "coffer-dev-mockidp");
  CHECK_FALSE(seen.contains("username"));
}

TEST_CASE("a client's own token is nobody's: neither userinfo nor a toolkit says who it is", "[grants]") {
  MockWorld world;
  const Json tokens = parse_json(
      world.token("mockidp", {{"grant_type", "client_credentials"}, {"scope", "openid email read"}}).body);
  CHECK(world.get("/mock/mockidp/mock/items", tokens["access_token"]).status == 200);
  for (const char* path : {"/mock/mockidp/userinfo", "/mock/mockidp/mock/whoami"}) {
    CAPTURE(path);
    const ServerResponse response = world.get(path, tokens["access_token"]);
    CHECK(response.status == 403);
    CHECK(header_of(response, "WWW-Authenticate").find("error=\"insufficient_scope\"") != std::string::npos);
  }
}

TEST_CASE("a scope with a character that it must not hold is refused at every endpoint", "[grants]") {
  MockWorld world;
  for (const char* scope : {"a\"b", "a\\b", "a\x01", "a\xC3\xA9", "a\x7F"}) {
    CAPTURE(scope);
    CHECK(error_of(world.token("mockidp", {{"grant_type", "client_credentials"}, {"scope", scope}})) ==
          "invalid_scope");
    CHECK(error_of(world.post_form("/mock/mockidp/device_authorization", {{"scope", scope}},
                                   world.basic_of("mockidp"))) == "invalid_scope");
    CHECK(error_of(exchange(world, world.connect("mockidp")["access_token"], {{"scope", scope}})) ==
          "invalid_scope");
  }
}

TEST_CASE("a token of no scope names none", "[grants]") {
  MockWorld world;
  CHECK_FALSE(
      parse_json(world.token("mockidp", {{"grant_type", "client_credentials"}}).body).contains("scope"));
}

TEST_CASE("a public client gets no token for itself", "[grants]") {
  MockWorld world;
  world.control("POST", "/_mock/clients", {{"provider", "mockidp"}, {"client_id", "c"}});
  CHECK(error_of(world.post_form("/mock/mockidp/token", {{"grant_type", "client_credentials"},
                                                         {"client_id", "c"}})) == "unauthorized_client");
}

TEST_CASE("a client uses only the grant types and scopes that it is registered for", "[grants]") {
  MockWorld world;
  world.control("POST", "/_mock/clients",
                {{"provider", "mockidp"},
                 {"client_id", "c"},
                 {"client_secret", "s"},
                 {"scope", "read"},
                 {"grant_types", {"client_credentials"}}});
  const HttpHeaders basic = {{"Authorization", "Basic " + to_base64("c:s")}};
  const auto ask = [&](const Fields& form) {
    return error_of(world.post_form("/mock/mockidp/token", form, basic));
  };
  CHECK(ask({{"grant_type", "client_credentials"}, {"scope", "read"}}) == "granted");
  CHECK(ask({{"grant_type", "client_credentials"}, {"scope", "read write"}}) == "invalid_scope");
  CHECK(ask({{"grant_type", "refresh_token"}, {"refresh_token", "x"}}) == "unauthorized_client");
}

TEST_CASE("an access token is exchanged for another of the same account", "[grants]") {
  MockWorld world;
  const Json first = world.connect("mockidp");
  const Json second = parse_json(exchange(world, first["access_token"], {{"scope", "read"}}).body);
  CHECK(second["issued_token_type"] == kAccessToken);
  CHECK(second["scope"] == "read");
  CHECK_FALSE(second.contains("refresh_token"));
  CHECK(second["access_token"] != first["access_token"]);
  CHECK(parse_json(world.get("/mock/mockidp/mock/whoami", second["access_token"]).body)["email"] ==
        "alice@example.com");
}

TEST_CASE("an exchange is refused as RFC 8693 says", "[grants]") {
  MockWorld world;
  const std::string token = world.connect("mockidp")["access_token"];
  CHECK(error_of(exchange(world, "unknown")) == "invalid_request");
  CHECK(error_of(exchange(world, "")) == "invalid_request");
  CHECK(error_of(exchange(world, token, {{"scope", "read admin"}})) == "invalid_scope");
  CHECK(
      error_of(exchange(world, token, {{"subject_token_type", "urn:ietf:params:oauth:token-type:saml2"}})) ==
      "invalid_request");
  CHECK(error_of(
            exchange(world, token, {{"requested_token_type", "urn:ietf:params:oauth:token-type:saml2"}})) ==
        "invalid_request");
  CHECK(error_of(exchange(world, token, {{"actor_token", token}, {"actor_token_type", kAccessToken}})) ==
        "invalid_request");
  CHECK(error_of(exchange(world, token, {{"resource", "http://127.0.0.1:4000/nowhere"}})) ==
        "invalid_target");
  world.clock.advance(1h);
  CHECK(error_of(exchange(world, token)) == "invalid_request");
}

TEST_CASE("a provider's own exchange makes a long token of a short one", "[grants]") {
  MockWorld world;
  const Client client = world.client_of("facebook");
  const Fields credentials = {{"client_id", client.client_id}, {"client_secret", client.client_secret}};
  const auto get = [&](Fields query) {
    query.insert(query.end(), credentials.begin(), credentials.end());
    return world.get(with_query("/mock/facebook/token", query));
  };
  const Json first = parse_json(
      get({{"grant_type", "authorization_code"},
           {"code", world.code_of("facebook", {{"code_challenge", ""}, {"code_challenge_method", ""}})},
           {"redirect_uri", kCallback}})
          .body);
  CHECK(first["expires_in"] == 5400);
  const auto longer = [&](const std::string& token) {
    return parse_json(get({{"grant_type", "fb_exchange_token"}, {"fb_exchange_token", token}}).body);
  };
  CHECK(longer(first["access_token"])["expires_in"] == 60 * 24 * 3600);
  CHECK(longer("unknown")["error"]["type"] == "OAuthException");
  world.clock.advance(2h);
  CHECK(longer(first["access_token"])["error"]["code"] == 190);
}
