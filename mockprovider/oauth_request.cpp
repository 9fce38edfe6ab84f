#include "mockprovider/oauth_request.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

// The rest of the Authorization header if it is of this scheme.
std::string authorization_of(const ServerRequest& request, std::string_view scheme) {
  const std::string_view value = request.header("authorization");
  if (value.size() <= scheme.size() || value[scheme.size()] != ' ') return {};
  if (!equals_ignoring_case(value.substr(0, scheme.size()), scheme)) return {};
  const std::size_t begin = value.find_first_not_of(' ', scheme.size());
  return begin == std::string_view::npos ? std::string() : std::string(value.substr(begin));
}

std::optional<Fields> json_parameters(const std::string& body) try {
  const Json object = parse_json(body);
  if (!object.is_object()) return std::nullopt;
  Fields fields;
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) fields.emplace_back(name, value.get<std::string>());
    if (value.is_number()) fields.emplace_back(name, value.dump());
  }
  return fields;
} catch (const Error&) {
  return std::nullopt;
}

}  // namespace

bool is_json_request(const ServerRequest& request) {
  return to_lower(request.header("content-type")).starts_with("application/json");
}

std::optional<Fields> body_parameters(const ServerRequest& request) {
  if (is_json_request(request)) return json_parameters(request.body);
  const std::string type = to_lower(request.header("content-type"));
  if (!request.body.empty() && !type.starts_with("application/x-www-form-urlencoded")) return std::nullopt;
  return parse_form(request.body);
}

bool has_duplicates(const Fields& parameters) {
  std::set<std::string_view> names;
  for (const auto& [name, value] : parameters) {
    const bool may_repeat = name == "resource" || name == "audience";
    if (!may_repeat && !names.insert(name).second) return true;
  }
  return false;
}

std::string text_of(const Fields& parameters, std::string_view name) {
  return std::string(find_field(parameters, name).value_or(std::string_view()));
}

std::vector<std::string> texts_of(const Fields& parameters, std::string_view name) {
  std::vector<std::string> texts;
  for (const auto& [key, value] : parameters) {
    if (key == name) texts.push_back(value);
  }
  return texts;
}

PresentedClient presented_client(const ServerRequest& request, const Fields& parameters) {
  PresentedClient client{text_of(parameters, "client_id"), text_of(parameters, "client_secret"), false,
                         false};
  const std::string encoded = authorization_of(request, "Basic");
  if (encoded.empty()) return client;
  const auto basic = from_base64(encoded);
  if (!basic) return {{}, {}, true, false};
  const std::size_t colon = basic->find(':');
  // RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined.
  const auto id = form_decode(std::string_view(*basic).substr(0, colon));
  const auto secret = form_decode(colon == std::string::npos ? std::string_view()
                                                             : std::string_view(*basic).substr(colon + 1));
  const bool contradicts = !client.id.empty() && id && client.id != *id;
  return {id.value_or(""), secret.value_or(""), true, !client.secret.empty() || contradicts};
}

std::string bearer_token(const ServerRequest& request) {
  return authorization_of(request, "Bearer");
}

}  // namespace coffer::mock
