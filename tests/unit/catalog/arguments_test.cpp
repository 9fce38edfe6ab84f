#include "vault/catalog/arguments.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "vault/base/error.h"

using namespace coffer;
using Json = nlohmann::json;

namespace {

const Json kSchema = Json::parse(R"json({
  "type": "object",
  "properties": {
    "text": {"type": "string", "minLength": 2, "maxLength": 4},
    "count": {"type": "integer", "minimum": 1, "maximum": 10},
    "share": {"type": "number"},
    "flag": {"type": "boolean", "default": false},
    "kind": {"type": "string", "enum": ["a", "b"]},
    "mail": {"type": "string", "format": "email"},
    "code": {"type": "string", "pattern": "^[A-Z]+-[0-9]+$"},
    "list": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
    "nested": {"type": "object", "properties": {"deep": {"type": "integer"}}, "required": ["deep"], "additionalProperties": false},
    "either": {"type": ["string", "integer"]},
    "nullable": {"type": ["string", "null"]},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}}
  },
  "required": ["text"],
  "additionalProperties": false
})json");

std::string fault_of(const char* arguments) {
  Json value = Json::parse(arguments);
  try {
    check_arguments(kSchema, value, "DEMO_TOOL");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::InvalidArgument);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("arguments that break the schema are refused by name", "[arguments]") {
  struct Case {
    const char* arguments;
    std::string fault;
  };
  const auto [arguments, fault] = GENERATE(values<Case>({
      {R"([])", "the arguments of DEMO_TOOL must be of type object, not an array"},
      {R"({})", "argument \"text\" of DEMO_TOOL is required"},
      {R"({"text": null})", "argument \"text\" of DEMO_TOOL must be of type string, not null"},
      {R"({"text": 5})", "argument \"text\" of DEMO_TOOL must be of type string, not an integer"},
      {R"({"text": "a"})", "argument \"text\" of DEMO_TOOL must have at least 2 characters"},
      {R"({"text": "abcde"})", "argument \"text\" of DEMO_TOOL must have at most 4 characters"},
      {R"({"text": "ab", "count": "3"})",
       "argument \"count\" of DEMO_TOOL must be of type integer, not a string"},
      {R"({"text": "ab", "count": 2.5})",
       "argument \"count\" of DEMO_TOOL must be of type integer, not a number"},
      {R"({"text": "ab", "count": 0})", "argument \"count\" of DEMO_TOOL must be at least 1"},
      {R"({"text": "ab", "count": 11})", "argument \"count\" of DEMO_TOOL must be at most 10"},
      {R"({"text": "ab", "count": 1e300})", "argument \"count\" of DEMO_TOOL must be at most 10"},
      {R"({"text": "ab", "flag": "true"})",
       "argument \"flag\" of DEMO_TOOL must be of type boolean, not a string"},
      {R"({"text": "ab", "kind": "c"})", "argument \"kind\" of DEMO_TOOL must be one of [\"a\",\"b\"]"},
      {R"({"text": "ab", "mail": "ann"})", "argument \"mail\" of DEMO_TOOL must be an email address"},
      {R"({"text": "ab", "mail": "a@b c"})", "argument \"mail\" of DEMO_TOOL must be an email address"},
      {R"({"text": "ab", "code": "A1"})",
       "argument \"code\" of DEMO_TOOL must match the pattern ^[A-Z]+-[0-9]+$"},
      {R"({"text": "ab", "list": []})", "argument \"list\" of DEMO_TOOL must have at least 1 items"},
      {R"({"text": "ab", "list": ["a", "b", "c"]})",
       "argument \"list\" of DEMO_TOOL must have at most 2 items"},
      {R"({"text": "ab", "list": ["a", 2]})",
       "argument \"list[1]\" of DEMO_TOOL must be of type string, not an integer"},
      {R"({"text": "ab", "nested": {}})", "argument \"nested.deep\" of DEMO_TOOL is required"},
      {R"({"text": "ab", "nested": {"deep": 1, "x": 2}})", "argument \"nested.x\" is unknown to DEMO_TOOL"},
      {R"({"text": "ab", "either": true})",
       "argument \"either\" of DEMO_TOOL must be of type string or integer, not a boolean"},
      {R"({"text": "ab", "map": {"k": "v"}})",
       "argument \"map.k\" of DEMO_TOOL must be of type integer, not a string"},
      {R"({"text": "ab", "txet": "cd"})", "argument \"txet\" is unknown to DEMO_TOOL"},
  }));
  CAPTURE(arguments);
  CHECK(fault_of(arguments) == fault);
}

TEST_CASE("arguments that fit are accepted", "[arguments]") {
  const auto arguments = GENERATE(as<const char*>{}, R"({"text": "ab"})", R"({"text": "äöüß"})",
                                  R"({"text": "ab", "count": 10, "share": 1, "flag": true, "kind": "b"})",
                                  R"({"text": "ab", "count": 3.0, "share": 0.25})",
                                  R"({"text": "ab", "mail": "ann@example.com", "code": "ABC-12"})",
                                  R"({"text": "ab", "list": ["x"], "nested": {"deep": 1}, "map": {"k": 1}})",
                                  R"({"text": "ab", "either": 1, "nullable": null})");
  CAPTURE(arguments);
  CHECK(fault_of(arguments).empty());
}

TEST_CASE("defaults are filled in and null for an optional argument counts as not given", "[arguments]") {
  Json arguments = Json::parse(R"({"text": "ab", "flag": null, "count": null, "nullable": null})");
  check_arguments(kSchema, arguments, "DEMO_TOOL");
  CHECK(arguments == Json::parse(R"({"text": "ab", "flag": false, "nullable": null})"));
}

TEST_CASE("an unknown argument's hint says what there is", "[arguments]") {
  Json arguments = {{"x", 1}};
  try {
    check_arguments(
        Json::parse(R"({"type":"object","properties":{"a":{},"b":{}},"additionalProperties":false})"),
        arguments, "DEMO_TOOL");
    FAIL("was accepted");
  } catch (const Error& error) {
    CHECK(error.hint() == "it takes a, b");
  }
}

TEST_CASE("a long text is not given to a pattern", "[arguments]") {
  Json arguments = {{"text", "ab"}, {"code", std::string(1'000'000, 'A')}};
  CHECK_THROWS_AS(check_arguments(kSchema, arguments, "DEMO_TOOL"), Error);
}
