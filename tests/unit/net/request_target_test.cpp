#include "vault/net/request_target.h"

#include <catch2/catch.hpp>

using namespace coffer;

TEST_CASE("the query is read as forms are, splitting at the first equals sign only", "[net]") {
  const auto [target, expected] = GENERATE(table<std::string, Fields>({
      {"/", {}},
      {"/?", {}},
      {"/?a=1", {{"a", "1"}}},
      {"/?x=y=z", {{"x", "y=z"}}},
      {"/?state=abc==", {{"state", "abc=="}}},
      {"/?a=b?c=d", {{"a", "b?c=d"}}},
      {"/?a", {{"a", ""}}},
      {"/?a=", {{"a", ""}}},
      {"/?=b", {{"", "b"}}},
      {"/?a=1&a=2", {{"a", "1"}, {"a", "2"}}},
      {"/?a=1&&b=2", {{"a", "1"}, {"b", "2"}}},
      {"/?a=b+c%2Bd", {{"a", "b c+d"}}},
      {"/?a%3Db=c%26d", {{"a=b", "c&d"}}},
      {"/?code=4%2FP7q7W91a-oMsCeLvIaQm6bTrgtp7", {{"code", "4/P7q7W91a-oMsCeLvIaQm6bTrgtp7"}}},
      {"/?a=%C3%A9", {{"a", "\xC3\xA9"}}},
      {"/?a=/../x", {{"a", "/../x"}}},
  }));
  CAPTURE(target);
  const auto parsed = parse_target(target);
  REQUIRE(parsed);
  CHECK(parsed->query == expected);
}

TEST_CASE("the path is cut at slashes before it is decoded", "[net]") {
  using Segments = std::vector<std::string>;
  const auto [target, expected] = GENERATE(table<std::string, Segments>({
      {"/", {}},
      {"//", {}},
      {"/a", {"a"}},
      {"/a/", {"a"}},
      {"//a///b", {"a", "b"}},
      {"/a%2Fb/c", {"a/b", "c"}},
      {"/a%252Fb", {"a%2Fb"}},
      {"/a+b", {"a+b"}},
      {"/%C3%A9", {"\xC3\xA9"}},
      {"/...", {"..."}},
      {"/a?b/c", {"a"}},
  }));
  CAPTURE(target);
  const auto parsed = parse_target(target);
  REQUIRE(parsed);
  CHECK(parsed->segments == expected);
}

TEST_CASE("a target that could be read in two ways is refused", "[net]") {
  const std::string target = GENERATE(as<std::string>{}, "", "*", "a", "http://h/", "?a=b", "/a#b", "/?a#b",
                                      "/%", "/%4", "/%zz", "/?a=%", "/?%zz=1", "/..", "/a/../b", "/%2e%2E/b",
                                      "/./a", "/%2e", "/%00", "/a%0Ab", "/a%0D", "/a%7F", "/a%1b");
  CAPTURE(target);
  CHECK_FALSE(parse_target(target));
}
