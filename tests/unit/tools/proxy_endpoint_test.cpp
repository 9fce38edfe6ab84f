#include "vault/tools/proxy_endpoint.h"

#include <catch2/catch.hpp>

#include "vault/base/error.h"
#include "vault/catalog/catalog.h"

using namespace coffer;

namespace {

using Fields = std::map<std::string, std::string>;

std::string url_of(const Catalog& catalog, const std::string& slug, std::string_view endpoint,
                   const Fields& fields = {}) {
  return proxy_url(*catalog.find_toolkit(slug), fields, endpoint);
}

bool is_refused(const Catalog& catalog, const std::string& slug, std::string_view endpoint,
                const Fields& fields = {}) {
  try {
    url_of(catalog, slug, endpoint, fields);
  } catch (const Error& error) {
    return error.code() == ErrorCode::InvalidArgument;
  }
  return false;
}

Catalog mocked() {
  CatalogOptions options;
  options.mock_url = "http://127.0.0.1:4000";
  return Catalog::load(options);
}

}  // namespace

TEST_CASE("an endpoint is a path below the base URL, or an absolute URL of the same origin", "[proxy]") {
  const Catalog catalog = Catalog::load();
  CHECK(url_of(catalog, "gmail", "/gmail/v1/users/me/profile") ==
        "https://gmail.googleapis.com/gmail/v1/users/me/profile");
  CHECK(url_of(catalog, "gmail", "gmail/v1?a=b") == "https://gmail.googleapis.com/gmail/v1?a=b");
  CHECK(url_of(catalog, "gmail", "https://gmail.googleapis.com/upload") ==
        "https://gmail.googleapis.com/upload");
  CHECK(url_of(catalog, "gmail", "https://GMAIL.googleapis.com:443/upload") ==
        "https://GMAIL.googleapis.com:443/upload");
  CHECK(url_of(catalog, "zendesk", "/tickets.json", {{"subdomain", "acme"}}) ==
        "https://acme.zendesk.com/api/v2/tickets.json");
  CHECK(url_of(catalog, "slack", "?pretty=1") == "https://slack.com/api?pretty=1");
}

TEST_CASE("an endpoint never leads elsewhere", "[proxy]") {
  const Catalog catalog = Catalog::load();
  const std::string endpoint =
      GENERATE(as<std::string>(), "https://evil.example/x", "http://gmail.googleapis.com/x",
               "https://gmail.googleapis.com:444/x", "https://gmail.googleapis.com.evil.example/x",
               "https://gmail.googleapis.com@evil.example/x", "HTTPS://evil.example", "//evil.example/x",
               "ftp://gmail.googleapis.com/x", "file:///etc/passwd", "", "/a/../b", "/a/%2e%2E/b",
               "/a/..%2fb", "/a%zz", "/a b", "/a\\b", "/a#b", "/a\r\nHost: evil.example");
  CAPTURE(endpoint);
  CHECK(is_refused(catalog, "gmail", endpoint));
}

TEST_CASE("an account without the subdomain has no endpoint, and one is no other host", "[proxy]") {
  const Catalog catalog = Catalog::load();
  CHECK(is_refused(catalog, "zendesk", "/tickets.json"));
  CHECK(is_refused(catalog, "zendesk", "/tickets.json", {{"subdomain", "evil.example/"}}));
  CHECK(is_refused(catalog, "zendesk", "https://other.zendesk.com/api/v2/x", {{"subdomain", "acme"}}));
}

TEST_CASE("at a mock other toolkits stay out of reach", "[proxy]") {
  const Catalog catalog = mocked();
  const std::string base = "http://127.0.0.1:4000/mock/google/gmail";
  CHECK(url_of(catalog, "gmail", "/gmail/v1/users/me/profile") == base + "/gmail/v1/users/me/profile");
  CHECK(url_of(catalog, "gmail", base + "/gmail/v1/x") == base + "/gmail/v1/x");
  CHECK(is_refused(catalog, "gmail", "http://127.0.0.1:4000/mock/github/api/user"));
  CHECK(is_refused(catalog, "gmail", "http://127.0.0.1:4000/mock/google/gmailx/user"));
  CHECK(is_refused(catalog, "gmail", "https://evil.example/x"));
  CHECK(is_refused(catalog, "gmail", "https://gmail.googleapis.com/x"));
}
