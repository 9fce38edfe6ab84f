#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;

namespace {

constexpr const char* kOrigin = "http://localhost:5173";

ServerResponse ask_before(MockWorld& world, const std::string& target, const std::string& headers = {}) {
  HttpHeaders sent = {{"Origin", kOrigin}, {"Access-Control-Request-Method", "POST"}};
  if (!headers.empty()) sent.push_back({"Access-Control-Request-Headers", headers});
  return world.send("OPTIONS", target, sent);
}

std::string allowed_origin(const ServerResponse& response) {
  return header_of(response, "Access-Control-Allow-Origin");
}

}  // namespace

TEST_CASE("a page of another origin may read what the protocol's endpoints answer", "[cors]") {
  MockWorld world;
  const auto [method, path] = GENERATE(values<std::pair<std::string, std::string>>(
      {{"GET", "/mock/mockidp/.well-known/openid-configuration"},
       {"GET", "/.well-known/oauth-authorization-server/mock/mockidp"},
       {"GET", "/.well-known/oauth-protected-resource/mock/google/gmail"},
       {"GET", "/mock/mockidp/jwks"},
       {"POST", "/mock/mockidp/token"},
       {"POST", "/mock/figma/refresh"},
       {"GET", "/mock/mockidp/userinfo"},
       {"POST", "/mock/mockidp/revoke"},
       {"POST", "/mock/mockidp/register"},
       {"GET", "/mock/mockidp/register/nobody"},
       {"POST", "/mock/mockidp/par"},
       {"POST", "/mock/mockidp/device_authorization"}}));
  CAPTURE(path);
  const ServerResponse response = world.send(method, path, {{"Origin", kOrigin}});
  CHECK(allowed_origin(response) == "*");
  // With credentials a browser would refuse "*"; these answers are for nobody's cookies.
  CHECK(header_of(response, "Access-Control-Allow-Credentials").empty());
  CHECK(ask_before(world, path).status == 204);
}

TEST_CASE("pages, APIs, introspection and controls stay closed to other origins", "[cors]") {
  MockWorld world;
  const std::string path = GENERATE(
      "/mock/mockidp/authorize", "/mock/mockidp/login", "/mock/mockidp/consent", "/mock/mockidp/device",
      "/mock/mockidp/introspect", "/mock/mockidp/mock/whoami", "/_mock/clock", "/_mock/", "/",
      "/mock/nowhere", "/mock/github/login/oauth/access_token", "/mock/github/token");
  CAPTURE(path);
  CHECK(allowed_origin(world.send("GET", path, {{"Origin", kOrigin}})).empty());
  const ServerResponse answer = ask_before(world, path, "authorization");
  CHECK(answer.status >= 400);
  CHECK(allowed_origin(answer).empty());
}

TEST_CASE("a preflight is given the headers that it asks for, within bounds", "[cors]") {
  MockWorld world;
  const ServerResponse response = ask_before(world, "/mock/mockidp/token", "authorization,content-type");
  CHECK(response.status == 204);
  CHECK(response.body.empty());
  CHECK(allowed_origin(response) == "*");
  CHECK(header_of(response, "Access-Control-Allow-Headers") == "authorization,content-type");
  CHECK_THAT(header_of(response, "Access-Control-Allow-Methods"), Catch::Contains("DELETE"));
  CHECK(header_of(response, "Access-Control-Max-Age") == "600");
  const std::string odd = GENERATE(std::string(513, 'a'), std::string("a: b"), std::string("a\nb"));
  CHECK(header_of(ask_before(world, "/mock/mockidp/token", odd), "Access-Control-Allow-Headers").empty());
}

TEST_CASE("OPTIONS that is no preflight is a method like every other", "[cors]") {
  MockWorld world;
  CHECK(world.send("OPTIONS", "/mock/mockidp/token", {{"Origin", kOrigin}}).status == 405);
  CHECK(world.send("OPTIONS", "/mock/mockidp/token", {{"Access-Control-Request-Method", "POST"}}).status ==
        405);
}

TEST_CASE("a page sees a fault's answer, and its preflight uses no fault up", "[cors]") {
  MockWorld world;
  world.control("POST", "/_mock/faults", {{"status", 503}, {"retry_after", "7s"}});
  CHECK(ask_before(world, "/mock/mockidp/token").status == 204);
  const ServerResponse response = world.post_form("/mock/mockidp/token", {}, {{"Origin", kOrigin}});
  CHECK(response.status == 503);
  CHECK(allowed_origin(response) == "*");
  CHECK_THAT(header_of(response, "Access-Control-Expose-Headers"), Catch::Contains("Retry-After"));
}

TEST_CASE("a preflight counts as no token request in the journal", "[cors]") {
  MockWorld world;
  ask_before(world, "/mock/mockidp/token");
  CHECK(world.control("GET", "/_mock/journal?endpoint=token")["entries"].empty());
  CHECK(world.control("GET", "/_mock/journal?endpoint=preflight")["entries"].size() == 1);
}

TEST_CASE("an application in a browser gets its tokens: public, with PKCE, from another origin", "[cors]") {
  MockWorld world;
  world.control(
      "POST", "/_mock/clients",
      {{"provider", "mockidp"}, {"client_id", "spa"}, {"redirect_uris", {"http://localhost:5173/cb"}}});
  const std::string code =
      world.code_of("mockidp", {{"client_id", "spa"}, {"redirect_uri", "http://localhost:5173/cb"}});
  const ServerResponse response = world.post_form("/mock/mockidp/token",
                                                  {{"grant_type", "authorization_code"},
                                                   {"client_id", "spa"},
                                                   {"code", code},
                                                   {"redirect_uri", "http://localhost:5173/cb"},
                                                   {"code_verifier", kVerifier}},
                                                  {{"Origin", kOrigin}});
  CHECK(response.status == 200);
  CHECK(allowed_origin(response) == "*");
}
