#include "vault/oauth/authorization_url.h"

#include <catch2/catch.hpp>

#include "vault/base/encoding.h"

using namespace coffer;

namespace {

Provider authorizing_provider() {
  Provider p;
  p.authorization_url = "https://idp.example/authorize";
  return p;
}

AuthorizationRequest request() {
  return {"client 1", "http://127.0.0.1:9900/oauth/callback/ac_1", {"a:read", "b"}, "st-ate", "challenge"};
}

std::string parameter(const std::string& url, std::string_view name) {
  const auto fields = parse_form(url.substr(url.find('?') + 1));
  REQUIRE(fields);
  return std::string(find_field(*fields, name).value_or("(absent)"));
}

}  // namespace

TEST_CASE("the authorization URL carries what RFC 6749 and 7636 ask for", "[oauth]") {
  const std::string url = authorization_url(authorizing_provider(), request());
  CHECK(url.starts_with("https://idp.example/authorize?"));
  CHECK(parameter(url, "response_type") == "code");
  CHECK(parameter(url, "client_id") == "client 1");
  CHECK(parameter(url, "redirect_uri") == "http://127.0.0.1:9900/oauth/callback/ac_1");
  CHECK(parameter(url, "scope") == "a:read b");
  CHECK(parameter(url, "state") == "st-ate");
  CHECK(parameter(url, "code_challenge") == "challenge");
  CHECK(parameter(url, "code_challenge_method") == "S256");
}

TEST_CASE("a provider without PKCE gets no challenge", "[oauth]") {
  Provider p = authorizing_provider();
  p.pkce = Provider::Pkce::Off;
  const std::string url = authorization_url(p, request());
  CHECK(parameter(url, "code_challenge") == "(absent)");
  CHECK(parameter(url, "code_challenge_method") == "(absent)");
}

TEST_CASE("scopes are joined as the provider wants and left out when there are none", "[oauth]") {
  Provider p = authorizing_provider();
  p.scope_separator = ",";
  CHECK(parameter(authorization_url(p, request()), "scope") == "a:read,b");
  p.scope_param = "user_scope";
  CHECK(parameter(authorization_url(p, request()), "user_scope") == "a:read,b");
  CHECK(parameter(authorization_url(p, request()), "scope") == "(absent)");
  AuthorizationRequest bare = request();
  bare.scopes.clear();
  CHECK(parameter(authorization_url(p, bare), "scope") == "(absent)");
}

TEST_CASE("a provider adds parameters but cannot replace ours", "[oauth]") {
  Provider p = authorizing_provider();
  p.authorization_url += "?tenant=x";
  p.authorize_params = {
      {"access_type", "offline"}, {"state", "fixed"}, {"redirect_uri", "https://evil.example"}};
  const std::string url = authorization_url(p, request());
  CHECK(parameter(url, "tenant") == "x");
  CHECK(parameter(url, "access_type") == "offline");
  CHECK(parameter(url, "state") == "st-ate");
  CHECK(parameter(url, "redirect_uri") == "http://127.0.0.1:9900/oauth/callback/ac_1");
}
