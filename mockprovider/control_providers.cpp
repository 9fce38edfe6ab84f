#include <nlohmann/json.hpp>

#include "mockprovider/control_calls.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

const char* name_of(Provider::TokenAuth auth) {
  switch (auth) {
    case Provider::TokenAuth::Body:
      return "body";
    case Provider::TokenAuth::Basic:
      return "basic";
    case Provider::TokenAuth::BasicSecret:
      return "basic_secret";
  }
  return "";
}

Json swap_json(const std::optional<AccessTokenSwap>& swap) {
  if (!swap) return Json();
  return {{"grant_type", swap->grant_type},
          {"token_param", swap->token_param},
          {"sends_client", swap->sends_client}};
}

Json provider_json(const Tenant& tenant, const Profile& profile) {
  const Provider& provider = *profile.provider;
  const std::string issuer = tenant.issuer_of(profile);
  return {{"id", provider.id},
          {"name", provider.name},
          {"issuer", issuer},
          {"authorization_endpoint", issuer + "/authorize"},
          {"token_endpoint", issuer + "/token"},
          {"refresh_endpoint", issuer + (profile.has_refresh_endpoint() ? "/refresh" : "/token")},
          {"userinfo_endpoint", issuer + "/userinfo"},
          {"token_auth", name_of(provider.token_auth)},
          {"body_format", provider.body_format == Provider::BodyFormat::Json ? "json" : "form"},
          {"scope_param", provider.scope_param},
          {"scope_separator", provider.scope_separator},
          {"authorize_params", provider.authorize_params},
          {"token_params", provider.token_params},
          {"refresh_params", provider.refresh_params},
          {"parameter_names", profile.parameter_names},
          {"token_response", provider.token_response},
          {"swap_after_code", swap_json(provider.swap_after_code)},
          {"renewal", swap_json(provider.renewal)}};
}

}  // namespace

Json list_providers(const ControlCall& call) {
  if (!call.id.empty()) {
    check_provider(call.tenant, call.id);
    return provider_json(call.tenant, call.tenant.profiles.at(call.id));
  }
  Json providers = Json::array();
  for (const auto& [id, profile] : call.tenant.profiles)
    providers.push_back(provider_json(call.tenant, profile));
  return {{"providers", providers}};
}

}  // namespace coffer::mock
