#include "mockprovider/clients.h"

#include <catch2/catch.hpp>

using namespace coffer::mock;

namespace {

bool allows(std::vector<std::string> registered, const char* asked) {
  Client client;
  client.redirect_uris = std::move(registered);
  return allows_redirect(client, asked);
}

}  // namespace

TEST_CASE("a redirect URI has to be the registered one, byte for byte", "[clients]") {
  const char* registered = "https://app.example/cb";
  CHECK(allows({registered}, "https://app.example/cb"));
  CHECK_FALSE(allows({registered}, "https://app.example/cb/"));
  CHECK_FALSE(allows({registered}, "https://app.example/cb?x=1"));
  CHECK_FALSE(allows({registered}, "https://app.example:8443/cb"));
  CHECK_FALSE(allows({registered}, "https://APP.example/cb"));
  CHECK_FALSE(allows({registered}, "http://app.example/cb"));
  CHECK_FALSE(allows({}, "https://app.example/cb"));
}

TEST_CASE("on loopback any port will do, and nothing else may differ", "[clients]") {
  const char* registered = "http://127.0.0.1/cb?a=1";
  CHECK(allows({registered}, "http://127.0.0.1:51004/cb?a=1"));
  CHECK(allows({"http://127.0.0.1:1/cb"}, "http://127.0.0.1:2/cb"));
  CHECK(allows({"http://[::1]/cb"}, "http://[::1]:51004/cb"));
  CHECK_FALSE(allows({registered}, "http://127.0.0.1:51004/cb"));
  CHECK_FALSE(allows({registered}, "http://127.0.0.1:51004/other?a=1"));
  CHECK_FALSE(allows({registered}, "http://localhost:51004/cb?a=1"));
  CHECK_FALSE(allows({registered}, "https://127.0.0.1:51004/cb?a=1"));
}

TEST_CASE("an application's own scheme is matched exactly", "[clients]") {
  CHECK(allows({"com.example.app:/cb"}, "com.example.app:/cb"));
  CHECK_FALSE(allows({"com.example.app:/cb"}, "com.example.app:/cb2"));
}

TEST_CASE("the managed client's secret follows from seed and provider", "[clients]") {
  CHECK(managed_client("google", 1).client_id == "coffer-dev-google");
  CHECK(managed_client("google", 1).client_secret == managed_client("google", 1).client_secret);
  CHECK(managed_client("google", 1).client_secret != managed_client("google", 2).client_secret);
  CHECK(managed_client("google", 1).client_secret != managed_client("github", 1).client_secret);
}
