#include "mockprovider/token_answer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/access_token.h"
#include "mockprovider/id_token.h"
#include "mockprovider/row_filter.h"
#include "vault/base/json.h"
#include "vault/catalog/template.h"

namespace coffer::mock {
namespace {

Json render(Timestamp now, const Json& shape, const Json& values) {
  const TemplateScope scope{values, now, nullptr};
  return render_json(shape, scope).value_or(Json::object());
}

Json rfc_answer(const Json& values) {
  Json answer = Json::object();
  for (const char* name :
       {"access_token", "token_type", "expires_in", "refresh_token", "id_token", "issued_token_type"}) {
    if (const auto value = values.find(name); value != values.end()) answer[name] = *value;
  }
  // An empty list is no scope value (RFC 6749 section 3.3).
  const auto& scope = values.at("scope").get_ref<const std::string&>();
  if (!scope.empty()) answer["scope"] = scope;
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

bool wants_json(const ServerRequest& request) {
  return to_lower(request.header("accept")).find("json") != std::string::npos;
}

ServerResponse encode(const Profile& profile, bool wants_json, int status, const Json& body) {
  ServerResponse response = ServerResponse::json(status, dump_json(body));
  if (profile.form_unless_json_accepted && !wants_json && body.is_object()) {
    response.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    response.body = as_form(body);
  }
  response.headers.push_back({"Cache-Control", "no-store"});
  response.headers.push_back({"Pragma", "no-cache"});
  return response;
}

const Json* find_shape(const Profile& profile, const std::string& grant_type, const std::string& error) {
  if (!profile.errors) return nullptr;
  for (const std::string& name : {grant_type + "/" + error, error, std::string("*")}) {
    const auto shape = profile.errors->find(name);
    if (shape != profile.errors->end()) return &*shape;
  }
  return nullptr;
}

int rfc_status(const std::string& error) {
  return error == "invalid_client" ? 401 : 400;
}

bool wants_id_token(const Profile& profile, const IssuedTokens& issued) {
  const auto& scopes = issued.scopes;
  return profile.has_openid && !issued.account.empty() &&
         std::find(scopes.begin(), scopes.end(), "openid") != scopes.end();
}

std::vector<std::string> echoed_scopes(const Profile& profile, std::vector<std::string> scopes) {
  const auto& hidden = profile.unechoed_scopes;
  std::erase_if(scopes, [&](const std::string& scope) {
    return std::find(hidden.begin(), hidden.end(), scope) != hidden.end();
  });
  return scopes;
}

// "D:HH:MM"
std::string days_hours_minutes(Duration time) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time).count();
  const auto two_digits = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::to_string(minutes / 1440) + ":" + two_digits(minutes / 60 % 24) + ":" +
         two_digits(minutes % 60);
}

// The same times in every way that providers tell them.
void add_times(Timestamp now, const IssuedTokens& issued, Json& values) {
  values["issued_at"] = to_rfc3339(now);
  values["issued_at_s"] = std::to_string(to_ms(now) / 1000);
  values["issued_at_ms"] = std::to_string(to_ms(now));
  if (issued.refresh_expires_in) values["refresh_token_expires_in"] = in_seconds(*issued.refresh_expires_in);
  if (!issued.expires_in) return;
  const Timestamp end = now + *issued.expires_in;
  values["expires_at"] = to_rfc3339(end);
  values["expires_at_s"] = std::to_string(to_ms(end) / 1000);
  values["expires_at_ms"] = std::to_string(to_ms(end));
  values["expires_in_dhm"] = days_hours_minutes(*issued.expires_in);
}

bool has_own_answer(const Profile& profile) {
  return profile.token_answer || profile.refresh_answer;
}

Json values_of_tokens(const Tenant& tenant, const Profile& profile, const IssuedTokens& issued) {
  const auto scopes = echoed_scopes(profile, issued.scopes);
  Json values = {{"access_token", issued.access_token},
                 {"token_type", "Bearer"},
                 {"scope", join(scopes, profile.provider->scope_separator)},
                 {"scopes", scopes}};
  if (has_own_answer(profile)) add_times(tenant.clock.now(), issued, values);
  if (!issued.refresh_token.empty()) values["refresh_token"] = issued.refresh_token;
  if (!issued.issued_token_type.empty()) values["issued_token_type"] = issued.issued_token_type;
  if (issued.expires_in) values["expires_in"] = in_seconds(*issued.expires_in);
  return values;
}

// What the templates of a provider's answer see.
Json answer_values(const Tenant& tenant, const Profile& profile, const IssuedTokens& issued) {
  Json values = values_of_tokens(tenant, profile, issued);
  if (issued.is_companion) values = {{"companion", std::move(values)}};
  if (!issued.companion.empty())
    values["companion"] = values_of_tokens(tenant, profile, issued.companion.front());
  if (has_own_answer(profile)) values["account"] = account_values(tenant, issued.account);
  return values;
}

}  // namespace

std::int64_t in_seconds(Duration time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

Json account_values(const Tenant& tenant, std::string_view email) {
  const Account* account = tenant.accounts.find(email);
  const std::string name = account ? account->name : std::string(email);
  return {{"id", number_of(email)},
          {"email", email},
          {"name", name},
          {"login", email.substr(0, email.find('@'))}};
}

Json userinfo_of(const Tenant& tenant, const Profile& profile, const std::string& email) {
  const Json account = account_values(tenant, email);
  if (!profile.userinfo) {
    return {{"sub", subject_of(profile.id(), email)},
            {"email", email},
            {"email_verified", true},
            {"name", account["name"]}};
  }
  return render(tenant.clock.now(), *profile.userinfo, {{"account", account}});
}

std::string subject_of_account(const Tenant& tenant, const Profile& profile, const std::string& email) {
  if (!profile.userinfo || !profile.userinfo->contains("sub")) return subject_of(profile.id(), email);
  const Json userinfo = userinfo_of(tenant, profile, email);
  const auto subject = userinfo.find("sub");
  return subject != userinfo.end() && subject->is_string() ? subject->get<std::string>()
                                                           : subject_of(profile.id(), email);
}

std::string subject_of_family(const Tenant& tenant, const Profile& profile, const Family& family) {
  return family.account.empty() ? family.client_id : subject_of_account(tenant, profile, family.account);
}

TokenDraft draft_token_answer(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                              const IssuedTokens& issued, const Client& client, bool is_refresh) {
  Json values = answer_values(tenant, profile, issued);
  values["client_id"] = client.client_id;
  std::optional<JwtSigner> signer;
  if (gives_jwt(profile, client) && !issued.is_companion)
    signer = tenant.signing_keys.signer(profile.id(), kAccessTokenAlgorithm);
  std::function<std::string(const std::string&)> make_id_token;
  if (wants_id_token(profile, issued)) make_id_token = id_token_maker(tenant, profile, client, issued);
  const Json* shape = is_refresh && profile.refresh_answer ? profile.refresh_answer : profile.token_answer;
  const bool needs_signature = signer || make_id_token;
  return {needs_signature, [=, &profile, values = std::move(values), now = tenant.clock.now(),
                            accepts_json = wants_json(request)]() mutable {
            TokenAnswer answer;
            answer.access_token = signer ? signer->sign(issued.access_token) : issued.access_token;
            if (signer) values["access_token"] = answer.access_token;
            if (make_id_token) values["id_token"] = answer.id_token = make_id_token(answer.access_token);
            answer.response = encode(profile, accepts_json, profile.token_status,
                                     shape ? render(now, *shape, values) : rfc_answer(values));
            return answer;
          }};
}

ServerResponse token_error(const Tenant& tenant, const Profile& profile, const ServerRequest& request,
                           const Refusal& refusal, const std::string& grant_type) {
  const Json values = {{"error", refusal.error},
                       {"error_description", refusal.description},
                       {"issued_at", to_rfc3339(tenant.clock.now())}};
  int status = rfc_status(refusal.error);
  Json body = {{"error", refusal.error}, {"error_description", refusal.description}};
  Json headers = Json::object();
  if (const Json* shape = find_shape(profile, grant_type, refusal.error)) {
    status = shape->value("status", status);
    body = render(tenant.clock.now(), shape->value("body", Json::object()), values);
    headers = render(tenant.clock.now(), shape->value("headers", Json::object()), values);
  }
  ServerResponse response = encode(profile, wants_json(request), status, body);
  for (const auto& [name, value] : headers.items()) response.headers.push_back({name, plain_text(value)});
  const bool used_basic = to_lower(request.header("authorization")).starts_with("basic ");
  if (status == 401 && used_basic) {
    response.headers.push_back({"WWW-Authenticate", "Basic realm=\"mock " + profile.id() + "\""});
  }
  return response;
}

}  // namespace coffer::mock
