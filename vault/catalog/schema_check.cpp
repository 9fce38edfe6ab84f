#include "vault/catalog/schema_check.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer {
namespace {

enum class Form { Type, Text, Texts, Number, Count, List, Pattern, Any, Schema, Schemas, FlagOrSchema };

struct Keyword {
  std::string_view name;
  Form form;
};

constexpr Keyword kKeywords[] = {{"type", Form::Type},          {"title", Form::Text},
                                 {"description", Form::Text},   {"format", Form::Text},
                                 {"examples", Form::List},      {"default", Form::Any},
                                 {"enum", Form::List},          {"required", Form::Texts},
                                 {"properties", Form::Schemas}, {"additionalProperties", Form::FlagOrSchema},
                                 {"items", Form::Schema},       {"minimum", Form::Number},
                                 {"maximum", Form::Number},     {"minLength", Form::Count},
                                 {"maxLength", Form::Count},    {"minItems", Form::Count},
                                 {"maxItems", Form::Count},     {"pattern", Form::Pattern}};

constexpr std::string_view kTypes[] = {"string", "integer", "number", "boolean", "array", "object", "null"};

bool is_type(const Json& value) {
  return value.is_string() && std::find(std::begin(kTypes), std::end(kTypes), value) != std::end(kTypes);
}

bool is_text(const Json& value) {
  return value.is_string();
}

template <class Predicate>
bool is_list_of(const Json& value, Predicate predicate) {
  return value.is_array() && std::all_of(value.begin(), value.end(), predicate);
}

bool is_pattern(const Json& value) {
  if (!value.is_string()) return false;
  try {
    const std::regex compiled(value.get_ref<const std::string&>());
    return true;
  } catch (const std::regex_error&) {
    return false;
  }
}

std::string inside(const std::string& place, const std::string& name) {
  return std::string(place).append(".").append(name);
}

void check_all(const Json& schemas, const std::string& place) {
  if (!schemas.is_object()) throw_file_fault(place, "must be an object of schemas");
  for (const auto& [name, schema] : schemas.items()) check_input_schema(schema, inside(place, name));
}

bool fits(const Json& value, Form form) {
  switch (form) {
    case Form::Type:
      return is_type(value) || (!value.empty() && is_list_of(value, is_type));
    case Form::Text:
      return is_text(value);
    case Form::Texts:
      return is_list_of(value, is_text);
    case Form::Number:
      return value.is_number();
    case Form::Count:
      return value.is_number_unsigned();
    case Form::List:
      return value.is_array();
    case Form::FlagOrSchema:
      return value.is_boolean() || value.is_object();
    case Form::Pattern:
      return is_pattern(value);
    case Form::Any:
      return true;
    case Form::Schema:
    case Form::Schemas:
      return value.is_object();
  }
  return false;
}

}  // namespace

void throw_file_fault(const std::string& place, const std::string& fault) {
  throw Error(ErrorCode::InvalidArgument, place + ": " + fault,
              "docs/toolkit-format.md describes the format");
}

void check_input_schema(const Json& schema, const std::string& place) {
  if (!schema.is_object()) throw_file_fault(place, "must be a schema");
  for (const auto& [name, value] : schema.items()) {
    const auto keyword = std::find_if(std::begin(kKeywords), std::end(kKeywords),
                                      [&, key = name](const Keyword& known) { return known.name == key; });
    const std::string here = inside(place, name);
    if (keyword == std::end(kKeywords))
      throw_file_fault(here, "is not a keyword that arguments are checked by");
    if (!fits(value, keyword->form)) throw_file_fault(here, "has a value that the keyword does not take");
    if (keyword->form == Form::Schemas) check_all(value, here);
    if (value.is_object() && (keyword->form == Form::Schema || keyword->form == Form::FlagOrSchema)) {
      check_input_schema(value, here);
    }
  }
}

}  // namespace coffer
