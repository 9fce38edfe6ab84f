#include "vault/tools/request_auth.h"

#include <catch2/catch.hpp>

#include "vault/base/error.h"

using namespace coffer;

namespace {

HttpRequest request_to(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return request;
}

AuthMode with_header(const std::string& text) {
  AuthMode mode;
  mode.headers["Authorization"] = text;
  return mode;
}

Credential oauth(std::string_view token) {
  TokenSet tokens;
  tokens.access_token = Secret(token);
  return tokens;
}

}  // namespace

TEST_CASE("each kind of credential goes where the toolkit says", "[request_auth]") {
  HttpRequest request = request_to("https://api.example.com/x");
  std::string expected;
  SECTION("access token") {
    apply_credential(request, with_header("Bearer {{access_token}}"), oauth("at-1"));
    expected = "Bearer at-1";
  }
  SECTION("API key") {
    apply_credential(request, with_header("{{api_key}}"),
                     ApiKeyCredential{Secret(std::string_view("key-1"))});
    expected = "key-1";
  }
  SECTION("API key by its field's name") {
    apply_credential(request, with_header("Token {{generic_api_key}}"),
                     ApiKeyCredential{Secret(std::string_view("key-1"))});
    expected = "Token key-1";
  }
  SECTION("bearer token") {
    apply_credential(request, with_header("Bearer {{token}}"),
                     BearerCredential{Secret(std::string_view("t-1"))});
    expected = "Bearer t-1";
  }
  SECTION("fields by their names, lines encoded") {
    FieldsCredential app;
    app.names["application_id"] = "app_1";
    app.secrets["private_key"] = Secret(std::string_view("line 1\nline 2"));
    apply_credential(request, with_header("{{application_id}}:{{b64(private_key)}}"), std::move(app));
    expected = "app_1:bGluZSAxCmxpbmUgMg==";
  }
  SECTION("basic, the example of RFC 7617") {
    apply_credential(request, with_header("Basic {{basic(username, password)}}"),
                     BasicCredential{"Aladdin", Secret(std::string_view("open sesame"))});
    expected = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
  }
  CHECK(header_value(request.headers, "authorization") == expected);
  CHECK(request.url == "https://api.example.com/x");
}

TEST_CASE("a credential in the query is encoded and follows what is there", "[request_auth]") {
  AuthMode mode;
  mode.query["key"] = "{{api_key}}";
  HttpRequest request = request_to("https://api.example.com/x?a=1");
  apply_credential(request, mode, ApiKeyCredential{Secret(std::string_view("k&=/"))});
  CHECK(request.url == "https://api.example.com/x?a=1&key=k%26%3D%2F");
}

TEST_CASE("the credential replaces a header of the same name", "[request_auth]") {
  HttpRequest request = request_to("https://api.example.com");
  request.headers = {{"authorization", "smuggled"}, {"X-Other", "1"}};
  apply_credential(request, with_header("Bearer {{access_token}}"), oauth("at-1"));
  CHECK(request.headers.size() == 2);
  CHECK(header_value(request.headers, "authorization") == "Bearer at-1");
}

TEST_CASE("a credential of another kind or with a line break is not sent", "[request_auth]") {
  HttpRequest request = request_to("https://api.example.com");
  CHECK_THROWS_AS(apply_credential(request, with_header("Bearer {{access_token}}"),
                                   BearerCredential{Secret(std::string_view("t-1"))}),
                  Error);
  CHECK_THROWS_AS(apply_credential(request, with_header("Bearer {{access_token}}"), oauth("a\r\nX-Evil: 1")),
                  Error);
  CHECK_THROWS_AS(apply_credential(request, with_header("Basic {{basic(username, password)}}"),
                                   BasicCredential{"a:b", Secret(std::string_view("password"))}),
                  Error);
  CHECK(request.headers.empty());
}
