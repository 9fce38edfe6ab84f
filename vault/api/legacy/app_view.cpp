#include "vault/api/legacy/app_view.h"

#include <nlohmann/json.hpp>

#include "vault/api/v3/toolkit_view.h"
#include "vault/base/json.h"

namespace coffer::api::legacy {
namespace {

// v3's field in the older words. The "customer" is the user; what is not expected from them, the
// developer configures.
Json field_of(const Json& field, bool is_from_user, bool is_required) {
  return {{"name", field.at("name")},
          {"display_name", field.at("displayName")},
          {"displayName", field.at("displayName")},
          {"description", field.at("description")},
          {"type", field.at("type")},
          {"default", field.value("default", Json())},
          {"required", is_required},
          {"expected_from_customer", is_from_user},
          {"is_secret", field.value("is_secret", false)}};
}

// All that the first Python SDK knows: it reads no app at all once one has another.
bool is_of_that_era(AuthScheme scheme) {
  switch (scheme) {
    case AuthScheme::OAuth2:
    case AuthScheme::OAuth1:
    case AuthScheme::ApiKey:
    case AuthScheme::Basic:
    case AuthScheme::BearerToken:
    case AuthScheme::BasicWithJwt:
    case AuthScheme::GoogleServiceAccount:
    case AuthScheme::NoAuth:
    case AuthScheme::CalcomAuth:
      return true;
    default:
      return false;
  }
}

void add_fields(Json& out, const Json& fields, bool is_from_user, bool may_be_required) {
  for (const Json& field : fields.at("required"))
    out.push_back(field_of(field, is_from_user, may_be_required));
  for (const Json& field : fields.at("optional")) out.push_back(field_of(field, is_from_user, false));
}

Json scheme_view(const Toolkit& toolkit, const Json& detail, bool is_managed) {
  const Json& fields = detail.at("fields");
  Json all = Json::array();
  add_fields(all, fields.at("auth_config_creation"), false, !is_managed);
  add_fields(all, fields.at("connected_account_initiation"), true, true);
  const std::string scheme = detail.at("mode");
  Json view = {{"scheme_name", scheme}, {"name", scheme},           {"auth_mode", scheme},
               {"mode", scheme},        {"fields", std::move(all)}, {"proxy", detail.at("proxy")}};
  if (const auto urls = detail.find("deprecated_auth_provider_details"); urls != detail.end()) {
    view["authorization_url"] = urls->at("authorization_url");
    view["token_url"] = urls->at("token_url");
  }
  if (const auto parsed = parse_auth_scheme(scheme)) {
    if (const AuthMode* mode = toolkit.find_auth(*parsed)) view["default_scopes"] = mode->scopes;
  }
  return view;
}

}  // namespace

Json input_fields(const AuthMode& mode) {
  Json out = Json::array();
  for (const ConnectionField& field : mode.fields) {
    out.push_back(field_of(v3::field_view(field), true, field.is_required));
  }
  return out;
}

Json app_view(const Engine& engine, const Toolkit& toolkit) {
  const Json detail = v3::toolkit_detail(engine, toolkit);
  const Json& meta = detail.at("meta");
  const std::vector<std::string> managed = v3::managed_schemes(engine, toolkit);
  Json schemes = Json::array();
  for (const Json& one : detail.at("auth_config_details")) {
    const auto scheme = parse_auth_scheme(one.at("mode").get<std::string>());
    if (!scheme || !is_of_that_era(*scheme)) continue;
    schemes.push_back(scheme_view(toolkit, one, !managed.empty() && one.at("mode") == managed.front()));
  }
  Json connectors = Json::array();
  for (const std::string& scheme : managed) {
    connectors.push_back({{"id", toolkit.slug}, {"name", toolkit.name}, {"authScheme", scheme}});
  }
  return {{"appId", toolkit.slug},
          {"key", toolkit.slug},
          {"name", toolkit.slug},
          {"displayName", toolkit.name},
          {"description", toolkit.description},
          {"categories", toolkit.categories},
          {"meta", meta},
          {"logo", meta.at("logo")},
          {"docs", ""},
          {"status", "active"},
          {"enabled", true},
          {"no_auth", v3::needs_no_auth(toolkit)},
          {"tags", Json::array()},
          {"createdAt", meta.at("created_at")},
          {"updatedAt", meta.at("updated_at")},
          {"testConnectors", std::move(connectors)},
          {"auth_schemes", std::move(schemes)}};
}

}  // namespace coffer::api::legacy
