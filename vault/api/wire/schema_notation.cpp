#include "vault/api/wire/schema_notation.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::api {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

Json simple(const char* type) {
  return {{"type", type}};
}

// Recursive descent over a text of ours.
class NotationParser {
 public:
  explicit NotationParser(std::string_view text) : rest_(text) {}

  Json parse() {
    Json schema = type();
    if (!rest_.empty()) fail();
    return schema;
  }

 private:
  Json type() {
    Json schema = base();
    if (!take("|null")) return schema;
    if (!schema.contains("type")) return {{"anyOf", {schema, simple("null")}}};
    schema["type"] = Json::array({schema["type"], "null"});
    return schema;
  }

  Json base() {
    if (take("[")) return list();
    if (take("{")) return object();
    if (take("<")) return map();
    if (take("(")) return choice();
    const std::string name = this->name();
    if (name == "text") return simple("string");
    if (name == "int") return simple("integer");
    if (name == "bool") return simple("boolean");
    if (name == "object") return simple("object");
    if (name == "any") return Json::object();
    if (name == "page" && take("<")) return page();
    if (name.empty() || name.front() < 'A' || name.front() > 'Z') fail();
    return {{"$ref", "#/components/schemas/" + name}};
  }

  Json list() {
    Json schema = {{"type", "array"}, {"items", type()}};
    require("]");
    return schema;
  }

  Json map() {
    Json schema = {{"type", "object"}, {"additionalProperties", type()}};
    require(">");
    return schema;
  }

  Json object() {
    Json schema = {{"type", "object"}, {"properties", Json::object()}, {"required", Json::array()}};
    while (!take("}")) {
      const std::string key = name();
      if (key.empty()) fail();
      if (!take("?")) schema["required"].push_back(key);
      require(":");
      schema["properties"][key] = type();
      if (!take(",") && rest_.substr(0, 1) != "}") fail();
    }
    return schema;
  }

  Json choice() {
    Json texts = Json::array();
    while (!take(")")) {
      std::string text = name();
      if (text.empty()) fail();
      texts.push_back(std::move(text));
    }
    return {{"type", "string"}, {"enum", std::move(texts)}};
  }

  Json page() {
    Json items = {{"type", "array"}, {"items", type()}};
    require(">");
    Json schema = schema_of("{next_cursor:text|null, total_pages:int, current_page:int, total_items:int}");
    schema["properties"]["items"] = std::move(items);
    schema["required"].push_back("items");
    return schema;
  }

  std::string name() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_name_character);
    std::string found(rest_.begin(), end);
    advance(found.size());
    return found;
  }

  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    advance(token.size());
    return true;
  }

  void require(std::string_view token) {
    if (!take(token)) fail();
  }

  void advance(std::size_t size) {
    rest_.remove_prefix(size);
    rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
  }

  [[noreturn]] void fail() const {
    throw Error(ErrorCode::InvalidArgument, "no schema at \"" + std::string(rest_) + "\"");
  }

  std::string_view rest_;
};

}  // namespace

Json schema_of(std::string_view notation) {
  return NotationParser(notation).parse();
}

}  // namespace coffer::api
