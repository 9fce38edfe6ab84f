#include "mockprovider/token_answer.h"

#include <nlohmann/json.hpp>

#include "vault/base/json.h"
#include "vault/catalog/template.h"

namespace coffer::mock {
namespace {

Json render(const Tenant& tenant, const Json& shape, const Json& values) {
  const TemplateScope scope{values, tenant.clock.now(), nullptr};
  return render_json(shape, scope).value_or(Json::object());
}

Json rfc_answer(const Json& values) {
  Json answer = values;
  answer.erase("scopes");
  answer.erase("account");
  answer.erase("client_id");
  return answer;
}

std::string as_form(const Json& body) {
  Fields fields;
  for (const auto& [name, value] : body.items()) {
    if (value.is_string()) fields.emplace_back(name, value.get<std::string>());
    if (value.is_number()) fields.emplace_back(name, value.dump());
  }
  return build_form(fields);
}

ServerResponse encode(const Profile& profile, const ServerRequest& request, int status, const Json& body) {
  const bool wants_json = to_lower(request.header("accept")).find("json") != std::string::npos;
  ServerResponse response = ServerResponse::json(status, dump_json(body));
  if (profile.form_unless_json_accepted && !wants_json && body.is_object()) {
    response.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    response.body = as_form(body);
  }
  response.headers.push_back({"Cache-Control", "no-store"});
  response.headers.push_back({"Pragma", "no-cache"});
  return response;
}

const Json* find_shape(const Profile& profile, const std::string& error) {
  if (!profile.errors) return nullptr;
  const auto exact = profile.errors->find(error);
  if (exact != profile.errors->end()) return &*exact;
  const auto any = profile.errors->find("*");
  return any == profile.errors->end() ? nullptr : &*any;
}

int rfc_status(const std::string& error) {
  return error == "invalid_client" ? 401 : 400;
}

}  // namespace

Json account_values(const Tenant& tenant, std::string_view email) {
  const Account* account = tenant.accounts.find(email);
  const std::string name = account ? account->name : std::string(email);
  return {{"id", number_of(email)},
          {"email", email},
          {"name", name},
          {"login", email.substr(0, email.find('@'))}};
}

ServerResponse token_answer(const Tenant& tenant, const Profile& profile, const ServerRequest& request,
                            const IssuedTokens& issued, std::string_view client_id, bool is_refresh) {
  using std::chrono::duration_cast;
  using std::chrono::seconds;
  Json values = {{"access_token", issued.access_token},
                 {"token_type", "Bearer"},
                 {"scope", join(issued.scopes, profile.provider->scope_separator)},
                 {"scopes", issued.scopes},
                 {"account", account_values(tenant, issued.account)},
                 {"client_id", client_id}};
  if (!issued.refresh_token.empty()) values["refresh_token"] = issued.refresh_token;
  if (issued.expires_in) values["expires_in"] = duration_cast<seconds>(*issued.expires_in).count();
  const Json* shape = is_refresh && profile.refresh_answer ? profile.refresh_answer : profile.token_answer;
  return encode(profile, request, 200, shape ? render(tenant, *shape, values) : rfc_answer(values));
}

ServerResponse token_error(const Tenant& tenant, const Profile& profile, const ServerRequest& request,
                           const Refusal& refusal) {
  const Json values = {{"error", refusal.error}, {"error_description", refusal.description}};
  int status = rfc_status(refusal.error);
  Json body = values;
  if (const Json* shape = find_shape(profile, refusal.error)) {
    status = shape->value("status", status);
    body = render(tenant, shape->value("body", Json::object()), values);
  }
  ServerResponse response = encode(profile, request, status, body);
  const bool used_basic = to_lower(request.header("authorization")).starts_with("basic ");
  if (status == 401 && used_basic) {
    response.headers.push_back({"WWW-Authenticate", "Basic realm=\"mock " + profile.id() + "\""});
  }
  return response;
}

}  // namespace coffer::mock
