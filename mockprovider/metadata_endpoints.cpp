#include "mockprovider/metadata_endpoints.h"

#include <nlohmann/json.hpp>

#include "mockprovider/grant_types.h"
#include "vault/base/json.h"

namespace coffer::mock {

namespace {

std::vector<std::string> grant_types_of(const Profile& profile) {
  std::vector<std::string> names = profile.grant_types;
  for (const auto& exchange : profile.exchanges) names.push_back(exchange.grant_type);
  return names;
}

// RFC 7662 section 2.1: introspection is for those who prove who they are.
std::vector<std::string> confidential_methods_of(const Profile& profile) {
  std::vector<std::string> methods = profile.auth_methods;
  std::erase(methods, "none");
  return methods;
}

}  // namespace

ServerResponse serve_discovery(Tenant& tenant, const Profile& profile, const ServerRequest&, Exchange&) {
  const std::string issuer = tenant.issuer_of(profile);
  Json metadata = {{"issuer", issuer},
                   {"authorization_endpoint", issuer + "/authorize"},
                   {"token_endpoint", issuer + "/token"},
                   {"introspection_endpoint", issuer + "/introspect"},
                   {"userinfo_endpoint", issuer + "/userinfo"},
                   {"jwks_uri", issuer + "/jwks"},
                   {"registration_endpoint", issuer + "/register"},
                   {"pushed_authorization_request_endpoint", issuer + "/par"},
                   {"require_pushed_authorization_requests", false},
                   {"response_types_supported", {"code"}},
                   {"response_modes_supported", {"query"}},
                   {"grant_types_supported", grant_types_of(profile)},
                   {"token_endpoint_auth_methods_supported", profile.auth_methods},
                   {"introspection_endpoint_auth_methods_supported", confidential_methods_of(profile)},
                   {"code_challenge_methods_supported", {"S256"}},
                   {"subject_types_supported", {"public"}},
                   {"id_token_signing_alg_values_supported", {"RS256", "EdDSA"}},
                   {"scopes_supported", {"openid", "email", "profile", "offline_access"}},
                   {"claims_supported",
                    {"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "email",
                     "email_verified", "name"}},
                   {"request_parameter_supported", false},
                   {"request_uri_parameter_supported", false},
                   {"authorization_response_iss_parameter_supported", profile.sends_iss}};
  if (profile.offers(kDeviceGrant))
    metadata["device_authorization_endpoint"] = issuer + "/device_authorization";
  if (!profile.provider->revoke_url.empty()) {
    metadata["revocation_endpoint"] = issuer + "/revoke";
    metadata["revocation_endpoint_auth_methods_supported"] = profile.auth_methods;
  }
  return ServerResponse::json(200, dump_json(metadata));
}

ServerResponse serve_jwks(Tenant& tenant, const Profile& profile, const ServerRequest&, Exchange&) {
  return ServerResponse::json(200, dump_json(tenant.signing_keys.jwks(profile.id())));
}

}  // namespace coffer::mock
