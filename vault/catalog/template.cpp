#include "vault/catalog/template.h"

#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/catalog/expression.h"

namespace coffer {
namespace {

// Growing a string leaves its old buffer behind; the text may hold a credential.
void append(std::string& out, std::string_view piece) {
  if (out.size() + piece.size() > out.capacity()) {
    std::string larger;
    larger.reserve((out.size() + piece.size()) * 2);
    larger = out;
    wipe(out);
    out = std::move(larger);
  }
  out += piece;
}

void append(std::string& out, const TemplateValue& value) {
  std::string text = value.text();
  append(out, text);
  wipe(text);
}

std::optional<Json> render_string(const std::string& text, const TemplateScope& scope) {
  if (text.find("{{") == std::string::npos) return text;
  const auto pieces = parse_template(text);
  if (pieces.size() == 1) {
    TemplateValue value = evaluate(*pieces.front().expression, scope);
    return value.is_absent() ? std::nullopt : std::optional<Json>(value.take());
  }
  auto rendered = render_text(text, scope);
  return rendered ? std::optional<Json>(std::move(*rendered)) : std::nullopt;
}

// A member that was an object or a list, and of which nothing is left, goes too.
bool is_left_empty(const Json& before, const Json& after) {
  return before.is_structured() && !before.empty() && after.empty();
}

Json render_object(const Json& object, const TemplateScope& scope) {
  Json out = Json::object();
  for (const auto& [name, member] : object.items()) {
    auto rendered = render_json(member, scope);
    if (rendered && !is_left_empty(member, *rendered)) out[name] = std::move(*rendered);
  }
  return out;
}

Json render_array(const Json& array, const TemplateScope& scope) {
  Json out = Json::array();
  for (const auto& element : array) {
    auto rendered = render_json(element, scope);
    if (rendered && !is_left_empty(element, *rendered)) out.push_back(std::move(*rendered));
  }
  return out;
}

std::string path_value(const Expression& expression, std::string_view path, const TemplateScope& scope) {
  const TemplateValue value = evaluate(expression, scope);
  const std::string name = expression.name.empty() ? std::string(path) : expression.name;
  if (value.is_absent()) throw Error(ErrorCode::InvalidArgument, "\"" + name + "\" is missing");
  const std::string text = value.text();
  if (text.empty() || value.get().is_structured()) {
    throw Error(ErrorCode::InvalidArgument, "\"" + name + "\" must be a text that is not empty");
  }
  return percent_encode(text);
}

}  // namespace

std::optional<std::string> render_text(std::string_view text, const TemplateScope& scope) {
  std::string out;
  for (const auto& piece : parse_template(text)) {
    if (!piece.expression) {
      append(out, piece.text);
      continue;
    }
    const TemplateValue value = evaluate(*piece.expression, scope);
    if (value.is_absent()) {
      wipe(out);
      return std::nullopt;
    }
    append(out, value);
  }
  return out;
}

std::optional<Json> render_json(const Json& value, const TemplateScope& scope) {
  if (value.is_string()) return render_string(value.get_ref<const std::string&>(), scope);
  if (value.is_object()) return render_object(value, scope);
  if (value.is_array()) return render_array(value, scope);
  return value;
}

std::string render_path(std::string_view path, const TemplateScope& scope) {
  std::string out;
  for (const auto& piece : parse_template(path)) {
    out += piece.expression ? path_value(*piece.expression, path, scope) : piece.text;
  }
  for (const auto& segment : split(out, '/')) {
    if (segment == "." || segment == "..") {
      throw Error(ErrorCode::InvalidArgument, "a part of the path may not be \"" + segment + "\"");
    }
  }
  return out;
}

void check_template(std::string_view text) {
  parse_template(text);
}

}  // namespace coffer
