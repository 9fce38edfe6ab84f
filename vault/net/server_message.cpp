#include "vault/base/secret.h"
#include "vault/net/http_syntax.h"
#include "vault/net/router.h"

namespace coffer {
namespace {

ServerResponse with_type(int status, std::string_view type, std::string body) {
  ServerResponse response;
  response.status = status;
  response.headers.push_back({"Content-Type", std::string(type)});
  response.body = std::move(body);
  return response;
}

}  // namespace

ServerRequest::~ServerRequest() {
  wipe(body);
  wipe(target);
  wipe(path);
  for (auto& header : headers) wipe(header.value);
  for (auto& field : query) wipe(field.second);
  for (auto& parameter : params) wipe(parameter.second);
}

std::string ServerRequest::param(const std::string& name) const {
  const auto found = params.find(name);
  return found == params.end() ? std::string() : found->second;
}

std::string_view ServerRequest::query_value(std::string_view name) const {
  return find_field(query, name).value_or(std::string_view());
}

std::string ServerRequest::cookie(std::string_view name) const {
  for (const auto& header : headers) {
    if (!equals_ignoring_case(header.name, "cookie")) continue;
    for (const std::string& pair : split(header.value, ';')) {
      const std::size_t equals = pair.find('=');
      if (equals == std::string::npos) continue;
      if (trim_spaces(std::string_view(pair).substr(0, equals)) == name) {
        return std::string(trim_spaces(std::string_view(pair).substr(equals + 1)));
      }
    }
  }
  return {};
}

ServerResponse ServerResponse::json(int status, std::string body) {
  return with_type(status, "application/json", std::move(body));
}

ServerResponse ServerResponse::html(int status, std::string body) {
  return with_type(status, "text/html; charset=utf-8", std::move(body));
}

ServerResponse ServerResponse::text(int status, std::string body) {
  return with_type(status, "text/plain; charset=utf-8", std::move(body));
}

ServerResponse ServerResponse::redirect(int status, std::string location) {
  ServerResponse response;
  response.status = status;
  response.headers.push_back({"Location", std::move(location)});
  return response;
}

ServerResponse&& ServerResponse::with_header(std::string name, std::string value) && {
  headers.push_back({std::move(name), std::move(value)});
  return std::move(*this);
}

}  // namespace coffer
