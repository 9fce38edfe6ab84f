#include "vault/base/json.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "vault/base/error.h"

using namespace coffer;

namespace {

std::string nested(std::size_t depth, char open, char close) {
  return std::string(depth, open) + std::string(depth, close);
}

std::string nested_objects(std::size_t depth) {
  std::string text = "1";
  for (std::size_t i = 0; i < depth; ++i) text = "{\"a\":" + text + "}";
  return text;
}

std::string error_of(const std::string& text) {
  try {
    parse_json(text);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::InvalidArgument);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("plain JSON is read", "[base]") {
  const Json value = parse_json(R"( {"a":[1,-2.5,true,null,"\u00e9\ud83d\ude00"]} )");
  CHECK(value["a"][0] == 1);
  CHECK(value["a"][4] == "\xC3\xA9\xF0\x9F\x98\x80");
}

TEST_CASE("32 levels pass and 33 do not", "[base]") {
  CHECK_NOTHROW(parse_json(nested(32, '[', ']')));
  CHECK_NOTHROW(parse_json(nested_objects(32)));
  CHECK(error_of(nested(33, '[', ']')) == "body is nested more than 32 levels deep");
  CHECK(error_of(nested_objects(33)) == "body is nested more than 32 levels deep");
  CHECK(error_of(nested(100'000, '[', ']')) == "body is nested more than 32 levels deep");
  CHECK(error_of(std::string(100'000, '[')) == "body is nested more than 32 levels deep");
}

// A parser that looks at all of a container for each object in it would need hours for this.
TEST_CASE("a list of a million objects is read once", "[base]") {
  std::string text = "[{}";
  for (int i = 1; i < 1'000'000; ++i) text += ",{}";
  CHECK(parse_json(text + "]").size() == 1'000'000);
}

TEST_CASE("a key twice in one object is refused, in different objects not", "[base]") {
  CHECK_NOTHROW(parse_json(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})"));
  const std::string text =
      GENERATE(as<std::string>{}, R"({"a":1,"a":1})", R"({"a":1,"b":2,"a":3})", R"({"x":{"a":1,"a":2}})",
               R"([{"a":1,"a":2}])", R"({"a":{"a":1},"a":2})", R"({"a":1,"\u0061":2})");
  CAPTURE(text);
  CHECK(error_of(text) == "body has a key twice in one object");
}

TEST_CASE("what is not JSON is refused without being quoted", "[base]") {
  const std::string text =
      GENERATE(as<std::string>{}, "", " ", "s3cret", "{\"s3cret\"", "{\"a\":s3cret}", "[1,]", "{\"a\":1,}",
               "{'a':1}", "[1] s3cret", "[01]", "[1.]", "[+1]", "[NaN]", "[Infinity]", "\"\\ud800\"",
               "\"\\x\"", "\"a\nb\"", "// c\n1", "\"\xFF\"", "\"\xC0\x80\"", "[1e999]", "tru", "\"open");
  CAPTURE(text);
  const std::string error = error_of(text);
  CHECK(error != "no error");
  CHECK(error.find("s3cret") == std::string::npos);
}

TEST_CASE("the fault names what was read", "[base]") {
  CHECK_THROWS_WITH(parse_json("{", "toolkit file"),
                    Catch::StartsWith("toolkit file is not valid JSON at byte "));
}

TEST_CASE("text that is no UTF-8 is printed with a replacement", "[base]") {
  CHECK(dump_json(Json("a\xFF")) == "\"a\xEF\xBF\xBD\"");
  CHECK(dump_json(Json{{"a", 1}}) == "{\"a\":1}");
}

TEST_CASE("a secret is taken out of an object and not left there", "[base]") {
  Json object = parse_json(R"({"access_token":"a-token","expires_in":3600})");
  const Secret secret = take_secret(object, "access_token");
  CHECK(secret.expose() == "a-token");
  CHECK(object["access_token"] == "");
  CHECK(take_secret(object, "refresh_token").empty());
  CHECK(take_secret(object, "expires_in").empty());
  CHECK(object["expires_in"] == 3600);
}

TEST_CASE("wiping a tree empties all its strings and nothing else", "[base]") {
  Json tree = parse_json(R"({"a":"x","b":["y",{"c":"z"}],"d":5})");
  wipe(tree);
  CHECK(tree == parse_json(R"({"a":"","b":["",{"c":""}],"d":5})"));
}
