#include "vault/base/http.h"

#include <catch2/catch.hpp>

using namespace coffer;

TEST_CASE("a header is found in any case, the first of its name", "[base]") {
  const HttpHeaders headers = {{"Content-Type", "text/html"}, {"X-A", "1"}, {"x-a", "2"}, {"X-Empty", ""}};
  CHECK(header_value(headers, "content-TYPE") == "text/html");
  CHECK(header_value(headers, "X-a") == "1");
  CHECK(header_value(headers, "x-empty").empty());
  CHECK(header_value(headers, "absent").empty());
}

TEST_CASE("a moved request or answer takes its content along", "[base]") {
  HttpRequest request;
  request.headers.push_back({"Authorization", "Bearer a-token-that-is-long-enough"});
  request.body = "grant_type=refresh_token&refresh_token=x";
  const HttpRequest moved = std::move(request);
  CHECK(header_value(moved.headers, "authorization") == "Bearer a-token-that-is-long-enough");
  CHECK(moved.body == "grant_type=refresh_token&refresh_token=x");
}
