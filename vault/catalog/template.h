#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "vault/base/clock.h"

namespace coffer {

// What "{{name}}" and "{{a.b}}" may refer to: an object of arguments, connection fields and, in
// the mock, "row". `next` serves seq('name'); without it seq is an error.
struct TemplateScope {
  const nlohmann::json& values;
  Timestamp now;
  std::function<std::string(const std::string& name)> next;
};

// Replaces every "{{expression|filter}}" by text. Language: names, dotted names, a fixed list of
// functions, each with one argument also a filter (docs/toolkit-format.md); no code, no loops.
// nullopt: a name it needs is absent. Throws InvalidArgument for a template that is broken.
std::optional<std::string> render_text(std::string_view text, const TemplateScope& scope);

// Renders every string of a JSON template. A string that is one expression keeps the value's own
// type. Object members and array elements whose names are absent are dropped, and objects and
// lists of which nothing is left, but for the outermost. null counts as absent.
// nullopt: the template is itself such a string.
std::optional<nlohmann::json> render_json(const nlohmann::json& value, const TemplateScope& scope);

// Path template: each value is percent-encoded, and a dot segment is refused. An absent name
// throws InvalidArgument that names it.
std::string render_path(std::string_view path, const TemplateScope& scope);

// Throws InvalidArgument if the text would never render: unknown function, unbalanced braces.
void check_template(std::string_view text);

}  // namespace coffer
