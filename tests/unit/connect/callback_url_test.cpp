#include "vault/connect/callback_url.h"

#include <catch2/catch.hpp>

#include "vault/base/error.h"

using namespace coffer;

TEST_CASE("a callback URL is https, or http on this computer") {
  const std::string url =
      GENERATE(as<std::string>(), "", "https://app.example/done", "https://app.example:8443/a?b=c",
               "https://app.example/#/done", "http://127.0.0.1:3000/cb", "http://localhost/cb",
               "http://[::1]:3000/cb", "http://app.localhost:3000/");
  CAPTURE(url);
  CHECK_NOTHROW(check_callback_url(url));
}

TEST_CASE("a callback URL that could lead elsewhere or break a header is refused") {
  const std::string url = GENERATE(
      as<std::string>(), "http://app.example/done", "javascript:alert(1)", "data:text/html,x",
      "//app.example/x", "/relative", "https:app.example", "https://user@app.example/",
      "https://a:b@app.example/", "https://", "https://app.example/\r\nX: y", "https://app.example/a b",
      "https://app.example\\@evil.example/", "http://127.0.0.1.evil.example/",
      "http://localhost.evil.example/", "https://app.ex\xC3\xA4mple/", "https://app.example:99999/",
      "ftp://127.0.0.1/", "https://app.example/\x7f");
  CAPTURE(url);
  CHECK_THROWS_AS(check_callback_url(url), Error);
}

TEST_CASE("an overlong callback URL is refused") {
  CHECK_THROWS_AS(check_callback_url("https://app.example/" + std::string(2048, 'a')), Error);
}

TEST_CASE("the outcome joins the callback URL's own query, before the fragment") {
  CHECK(callback_with_result("https://app.example/cb?tab=2#top", true, ConnectionId("ca_1"), "gmail") ==
        "https://app.example/cb?tab=2&status=success&connected_account_id=ca_1&connectedAccountId=ca_1&"
        "appName=gmail#top");
  CHECK(
      callback_with_result("https://app.example/cb", false, ConnectionId("ca_1"), "gmail") ==
      "https://app.example/cb?status=failed&connected_account_id=ca_1&connectedAccountId=ca_1&appName=gmail");
  CHECK(callback_with_result("", true, ConnectionId("ca_1"), "gmail").empty());
}
