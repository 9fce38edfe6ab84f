#include "vault/api/wire/schema_notation.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "vault/base/error.h"
#include "vault/base/json.h"

using namespace coffer;
using api::schema_of;

TEST_CASE("a notation stands for a JSON Schema") {
  const Json text = {{"type", "string"}};
  const auto [notation, schema] = GENERATE_COPY(table<std::string, Json>({
      {"text", text},
      {"int", Json{{"type", "integer"}}},
      {"bool", Json{{"type", "boolean"}}},
      {"object", Json{{"type", "object"}}},
      {"any", Json::object()},
      {"text|null", Json{{"type", {"string", "null"}}}},
      {"[text]", Json{{"type", "array"}, {"items", text}}},
      {"<text>", Json{{"type", "object"}, {"additionalProperties", text}}},
      {"(ON OFF)", Json{{"type", "string"}, {"enum", {"ON", "OFF"}}}},
      {"Tool", Json{{"$ref", "#/components/schemas/Tool"}}},
      {"Tool|null", Json{{"anyOf", {{{"$ref", "#/components/schemas/Tool"}}, {{"type", "null"}}}}}},
      {"{a:text, b?:text}",
       Json{{"type", "object"}, {"properties", {{"a", text}, {"b", text}}}, {"required", {"a"}}}},
  }));
  CAPTURE(notation);
  CHECK(schema_of(notation) == schema);
}

TEST_CASE("a page has its items and what leads to the next") {
  const Json page = schema_of("page<[text]>");
  CHECK(page.at("properties").at("items") == schema_of("[[text]]"));
  CHECK(page.at("properties").at("next_cursor") == schema_of("text|null"));
  CHECK(page.at("required").size() == 5);
}

TEST_CASE("what is no notation is refused") {
  const std::string notation = GENERATE("", "number", "tool", "[text", "{a}", "{a:text b:text}", "{a:text",
                                        "(ON", "(ON ,)", "<text", "page<text", "text text", "text|");
  CAPTURE(notation);
  CHECK_THROWS_AS(schema_of(notation), Error);
}
