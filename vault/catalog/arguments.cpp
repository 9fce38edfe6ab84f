#include "vault/catalog/arguments.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"

namespace coffer {
namespace {

// std::regex recurses once per character.
constexpr std::size_t kMaxPatternInput = 2000;

std::size_t count_characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string type_name(const Json& value) {
  if (value.is_number_integer()) return "an integer";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "a string";
  if (value.is_boolean()) return "a boolean";
  if (value.is_array()) return "an array";
  return value.is_object() ? "an object" : "null";
}

bool is_whole(const Json& value) {
  return value.is_number_integer() ||
         (value.is_number() && std::floor(value.get<double>()) == value.get<double>());
}

const Json& member_of(const Json& schema, const char* name) {
  static const Json kEmpty = Json::object();
  const auto found = schema.find(name);
  return found == schema.end() ? kEmpty : *found;
}

bool has_type(const Json& value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return is_whole(value);
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  return type == "null" && value.is_null();
}

std::vector<std::string> types_of(const Json& schema) {
  const auto found = schema.find("type");
  if (found == schema.end()) return {};
  if (found->is_string()) return {found->get<std::string>()};
  return found->get<std::vector<std::string>>();
}

bool fits_type(const Json& schema, const Json& value) {
  const auto types = types_of(schema);
  return types.empty() ||
         std::any_of(types.begin(), types.end(), [&](const auto& type) { return has_type(value, type); });
}

bool looks_like_email(const std::string& text) {
  const std::size_t at = text.rfind('@');
  return at != std::string::npos && at > 0 && at + 1 < text.size() &&
         text.find_first_of(std::string_view(" \t\r\n\0", 5)) == std::string::npos;
}

bool matches(const std::string& text, const std::string& pattern) {
  if (text.size() > kMaxPatternInput) return false;
  try {
    return std::regex_search(text, std::regex(pattern));
  } catch (const std::regex_error&) {
    return false;  // too complex for this text
  }
}

class Checker {
 public:
  explicit Checker(std::string_view tool) : tool_(tool) {}

  void check(const Json& schema, Json& value, const std::string& place) {
    if (!fits_type(schema, value)) {
      fail(place, "must be of type " + join(types_of(schema), " or ") + ", not " + type_name(value));
    }
    check_enum(schema, value, place);
    if (value.is_string()) check_text(schema, value.get_ref<const std::string&>(), place);
    if (value.is_number()) check_number(schema, value, place);
    if (value.is_array()) check_array(schema, value, place);
    if (value.is_object()) check_object(schema, value, place);
  }

 private:
  void check_enum(const Json& schema, const Json& value, const std::string& place) {
    const auto allowed = schema.find("enum");
    if (allowed == schema.end()) return;
    if (std::find(allowed->begin(), allowed->end(), value) == allowed->end()) {
      fail(place, "must be one of " + dump_json(*allowed));
    }
  }

  void check_text(const Json& schema, const std::string& text, const std::string& place) {
    const std::size_t length = count_characters(text);
    if (length < schema.value("minLength", std::size_t{0})) {
      fail(place, length == 0 ? "must not be empty"
                              : "must have at least " + schema["minLength"].dump() + " characters");
    }
    if (length > schema.value("maxLength", length)) {
      fail(place, "must have at most " + schema["maxLength"].dump() + " characters");
    }
    if (schema.value("format", "") == "email" && !looks_like_email(text))
      fail(place, "must be an email address");
    const auto pattern = schema.find("pattern");
    if (pattern == schema.end()) return;
    const auto& wanted = pattern->get_ref<const std::string&>();
    if (!matches(text, wanted)) fail(place, "must match the pattern " + wanted);
  }

  void check_number(const Json& schema, const Json& value, const std::string& place) {
    if (schema.contains("minimum") && value < schema["minimum"]) {
      fail(place, "must be at least " + schema["minimum"].dump());
    }
    if (schema.contains("maximum") && value > schema["maximum"]) {
      fail(place, "must be at most " + schema["maximum"].dump());
    }
  }

  void check_array(const Json& schema, Json& value, const std::string& place) {
    if (value.size() < schema.value("minItems", std::size_t{0})) {
      fail(place, "must have at least " + schema["minItems"].dump() + " items");
    }
    if (value.size() > schema.value("maxItems", value.size())) {
      fail(place, "must have at most " + schema["maxItems"].dump() + " items");
    }
    const auto items = schema.find("items");
    if (items == schema.end()) return;
    for (std::size_t i = 0; i < value.size(); ++i)
      check(*items, value[i], place + "[" + std::to_string(i) + "]");
  }

  void check_object(const Json& schema, Json& value, const std::string& place) {
    const Json& properties = member_of(schema, "properties");
    drop_nulls(schema, properties, value);
    for (const auto& [name, property] : properties.items()) {
      if (!value.contains(name) && property.contains("default")) value[name] = property["default"];
    }
    for (const auto& name : member_of(schema, "required")) {
      if (!value.contains(name)) fail(inside(place, name), "is required");
    }
    for (auto& [name, member] : value.items()) {
      if (properties.contains(name)) {
        check(properties[name], member, inside(place, name));
      } else {
        check_unknown(schema, properties, member, inside(place, name));
      }
    }
  }

  // Callers that write out every optional argument give null for those that they do not mean.
  static void drop_nulls(const Json& schema, const Json& properties, Json& value) {
    const Json& required = member_of(schema, "required");
    for (const auto& [name, property] : properties.items()) {
      const auto member = value.find(name);
      if (member == value.end() || !member->is_null() || fits_type(property, *member)) continue;
      if (std::find(required.begin(), required.end(), name) == required.end()) value.erase(member);
    }
  }

  void check_unknown(const Json& schema, const Json& properties, Json& member, const std::string& place) {
    const auto additional = schema.find("additionalProperties");
    if (additional == schema.end() || *additional == true) return;
    if (additional->is_object()) return check(*additional, member, place);
    std::vector<std::string> known;
    for (const auto& [name, property] : properties.items()) known.push_back(name);
    throw Error(ErrorCode::InvalidArgument, "argument " + in_quotes(place) + " is unknown to " + tool_,
                known.empty() ? "it takes no arguments" : "it takes " + join(known, ", "));
  }

  static std::string inside(const std::string& place, const std::string& name) {
    return place.empty() ? name : place + "." + name;
  }

  [[noreturn]] void fail(const std::string& place, const std::string& fault) const {
    const std::string subject = place.empty() ? "the arguments" : "argument " + in_quotes(place);
    throw Error(ErrorCode::InvalidArgument, subject + " of " + tool_ + " " + fault,
                "the tool's input schema says what it takes");
  }

  std::string tool_;
};

}  // namespace

void check_arguments(const Json& schema, Json& arguments, std::string_view tool) {
  Checker(tool).check(schema, arguments, "");
}

}  // namespace coffer
