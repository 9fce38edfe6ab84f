#include "vault/catalog/request_builder.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "vault/base/error.h"

using namespace coffer;
using Json = nlohmann::json;

namespace {

std::shared_ptr<const Json> tree(const char* text) {
  return std::make_shared<const Json>(Json::parse(text));
}

HttpRequest build(const RequestTemplate& request, const Json& values,
                  const std::string& base = "https://api.example.com") {
  return build_request(base, request, {values, {}, nullptr});
}

}  // namespace

TEST_CASE("lists become repeated query parameters and absent names disappear", "[request]") {
  RequestTemplate request;
  request.path = "/find";
  request.query = tree(R"({"q":"{{q}}","label":"{{labels}}","page":"{{page}}","all":"{{all}}","n":"{{n}}"})");
  const auto built = build(request, {{"q", "a b&c=ä"}, {"labels", {"x", "y"}}, {"all", true}, {"n", 5}});
  CHECK(built.method == "GET");
  CHECK(built.url == "https://api.example.com/find?all=true&label=x&label=y&n=5&q=a%20b%26c%3D%C3%A4");
  CHECK(built.body.empty());
  CHECK(header_value(built.headers, "content-type").empty());
  CHECK(header_value(built.headers, "accept") == "application/json");
}

TEST_CASE("JSON and form bodies carry their content type", "[request]") {
  RequestTemplate request;
  request.method = "POST";
  request.path = "/x";
  SECTION("json") {
    request.json = tree(R"({"a":"{{a}}","b":{"c":"{{none}}"}})");
    const auto built = build(request, {{"a", 1}});
    CHECK(built.body == R"({"a":1})");
    CHECK(header_value(built.headers, "content-type") == "application/json");
  }
  SECTION("form") {
    request.form = tree(R"({"a":"{{a}}","l":"{{l}}"})");
    const auto built = build(request, {{"a", "x y&"}, {"l", {1, 2}}});
    CHECK(built.body == "a=x+y%26&l=1&l=2");
    CHECK(header_value(built.headers, "content-type") == "application/x-www-form-urlencoded");
  }
  SECTION("own content type") {
    request.json = tree("{}");
    request.headers = tree(R"({"Content-Type":"application/json; charset=utf-8"})");
    CHECK(header_value(build(request, Json::object()).headers, "content-type") ==
          "application/json; charset=utf-8");
  }
}

TEST_CASE("an argument cannot break out of its header", "[request]") {
  RequestTemplate request;
  request.path = "/x";
  request.headers = tree(R"({"X-Note":"{{note}}"})");
  CHECK_THROWS_AS(build(request, {{"note", "a\r\nAuthorization: b"}}), Error);
}

TEST_CASE("no argument leads to another host", "[request]") {
  RequestTemplate request;
  request.path = "/{{a}}";
  for (const char* value : {"@evil.com/", "//evil.com", "\\evil.com", "evil.com:80", "%2e%2e", "?x", "#x"}) {
    CAPTURE(value);
    const auto built = build(request, {{"a", value}});
    CHECK(built.url.starts_with("https://api.example.com/"));
    CHECK(built.url.find('#') == std::string::npos);
    CHECK(built.url.find('?') == std::string::npos);
  }
  request.path = "@evil.com/";
  CHECK_THROWS_AS(build(request, Json::object()), Error);
}

TEST_CASE("a connection field in the base URL must be one plain label", "[request]") {
  RequestTemplate request;
  request.path = "/x";
  const std::string base = "https://{{subdomain}}.example.com";
  CHECK(build(request, {{"subdomain", "acme-1"}}, base).url == "https://acme-1.example.com/x");
  for (const char* value : {"", "a.b", "evil.com/", "evil.com#", "a@b", "a:1", "ä", "a b"}) {
    CAPTURE(value);
    CHECK_THROWS_AS(build(request, {{"subdomain", value}}, base), Error);
  }
  CHECK_THROWS_AS(build(request, Json::object(), base), Error);
}
