#include "vault/tools/request_auth.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/catalog/expression.h"
#include "vault/catalog/template.h"
#include "vault/tools/scrubber.h"

namespace coffer {
namespace {

Json names_of(const Credential& credential) {
  Json names = Json::object();
  if (const auto* tokens = std::get_if<TokenSet>(&credential)) {
    names["access_token"] = tokens->access_token.expose();
  } else if (const auto* key = std::get_if<ApiKeyCredential>(&credential)) {
    names["api_key"] = names["generic_api_key"] = key->key.expose();
  } else if (const auto* bearer = std::get_if<BearerCredential>(&credential)) {
    names["token"] = bearer->token.expose();
  } else if (const auto* basic = std::get_if<BasicCredential>(&credential)) {
    names["username"] = basic->username;
    names["password"] = basic->password.expose();
  } else if (const auto* fields = std::get_if<FieldsCredential>(&credential)) {
    for (const auto& [name, value] : fields->names) names[name] = value;
    for (const auto& [name, secret] : fields->secrets) names[name] = secret.expose();
  }
  return names;
}

std::string render(const std::string& text, const Json& names) {
  auto value = render_text(text, {names, {}, nullptr});
  if (!value) {
    throw Error(ErrorCode::WrongState, "the stored credential is not of the kind that the toolkit takes");
  }
  if (value->find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    wipe(*value);
    throw Error(ErrorCode::WrongState, "the stored credential holds a line break");
  }
  return std::move(*value);
}

void set_header(HttpRequest& request, const std::string& name, std::string value) {
  std::erase_if(request.headers,
                [&](const HttpHeader& header) { return equals_ignoring_case(header.name, name); });
  request.headers.push_back({name, std::move(value)});
}

}  // namespace

void apply_credential(HttpRequest& request, const AuthMode& mode, const Credential& credential) {
  const TemplateValue names(names_of(credential));  // wiped with its scope
  for (const auto& [name, text] : mode.headers) set_header(request, name, render(text, names.get()));
  for (const auto& [name, text] : mode.query) {
    request.url = with_query(request.url, {{name, render(text, names.get())}});
  }
}

void scrub(std::string& text, const Credential& credential) {
  Scrubber scrubber;
  scrubber.add(credential);
  scrubber.clean(text);
}

}  // namespace coffer
