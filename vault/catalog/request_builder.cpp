#include "vault/catalog/request_builder.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/catalog/expression.h"

namespace coffer {
namespace {

bool is_label(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : dump_json(value);
}

// Lists become one field per element.
Fields render_fields(const std::shared_ptr<const Json>& source, const TemplateScope& scope) {
  if (!source) return {};
  const auto rendered = render_json(*source, scope);
  Fields fields;
  for (const auto& [name, value] : rendered->items()) {
    if (!value.is_array()) {
      fields.emplace_back(name, text_of(value));
      continue;
    }
    for (const auto& element : value) fields.emplace_back(name, text_of(element));
  }
  return fields;
}

void add_headers(HttpRequest& request, const Fields& fields) {
  for (const auto& [name, value] : fields) {
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      throw Error(ErrorCode::InvalidArgument, "the value for header \"" + name + "\" holds a line break");
    }
    request.headers.push_back({name, value});
  }
}

void add_default(HttpRequest& request, const char* name, const char* value) {
  if (header_value(request.headers, name).empty()) request.headers.push_back({name, value});
}

void add_body(HttpRequest& request, const RequestTemplate& source, const TemplateScope& scope) {
  if (source.json) {
    const auto body = render_json(*source.json, scope);
    if (!body) return;
    request.body = dump_json(*body);
    add_default(request, "Content-Type", "application/json");
  } else if (source.form) {
    request.body = build_form(render_fields(source.form, scope));
    add_default(request, "Content-Type", "application/x-www-form-urlencoded");
  }
}

}  // namespace

// What a connection field puts into a base URL is one label: it cannot lead to another host.
std::string render_base_url(const std::string& base_url, const TemplateScope& scope) {
  std::string out;
  for (const auto& piece : parse_template(base_url)) {
    if (!piece.expression) {
      out += piece.text;
      continue;
    }
    const std::string value = evaluate(*piece.expression, scope).text();
    if (!is_label(value)) {
      throw Error(ErrorCode::InvalidArgument,
                  "the connected account's \"" + piece.expression->name +
                      "\" is missing or holds more than letters, digits and hyphens");
    }
    out += value;
  }
  if (!origin_of(out)) throw Error(ErrorCode::InvalidArgument, "the base URL is not an absolute http(s) URL");
  return out;
}

HttpRequest build_request(const std::string& base_url, const RequestTemplate& source,
                          const TemplateScope& scope) {
  HttpRequest request;
  request.method = source.method;
  const std::string base = render_base_url(base_url, scope);
  const std::string url = base + render_path(source.path, scope);
  if (origin_of(url) != origin_of(base)) {
    throw Error(ErrorCode::InvalidArgument, "the path leads to another host than the base URL");
  }
  request.url = with_query(url, render_fields(source.query, scope));
  add_headers(request, render_fields(source.headers, scope));
  add_body(request, source, scope);
  add_default(request, "Accept", "application/json");
  add_default(request, "User-Agent", "coffer");
  return request;
}

}  // namespace coffer
