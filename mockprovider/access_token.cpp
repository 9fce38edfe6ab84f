#include "mockprovider/access_token.h"

#include <nlohmann/json.hpp>

#include "mockprovider/token_answer.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

// RFC 9068 section 2.
std::string unsigned_jwt(Tenant& tenant, const Profile& profile, const Token& token, const Family& family) {
  Json claims = {{"iss", tenant.issuer_of(profile)},
                 {"aud", audience_of(tenant, profile, token)},
                 {"sub", subject_of_family(tenant, profile, family)},
                 {"client_id", family.client_id},
                 {"iat", to_ms(token.issued_at) / 1000},
                 {"jti", token.id}};
  if (token.expires_at) claims["exp"] = to_ms(*token.expires_at) / 1000;
  if (!token.scopes.empty()) claims["scope"] = join(token.scopes, " ");
  if (family.signed_in_at) claims["auth_time"] = to_ms(*family.signed_in_at) / 1000;
  return tenant.signing_keys.signer(profile.id(), kAccessTokenAlgorithm).signing_input("at+jwt", claims);
}

}  // namespace

Json audience_of(const Tenant& tenant, const Profile& profile, const Token& token) {
  if (token.resources.empty()) return tenant.issuer_of(profile);
  if (token.resources.size() == 1) return token.resources.front();
  return token.resources;
}

bool gives_jwt(const Profile& profile, const Client& client) {
  return client.has_jwt_access_tokens.value_or(profile.has_jwt_access_tokens);
}

TokenPolicy policy_of(Tenant& tenant, const Profile& profile, const Client& client) {
  TokenPolicy policy = profile.policy;
  if (gives_jwt(profile, client)) {
    policy.make_access = [&tenant, &profile](const Token& token, const Family& family) {
      return unsigned_jwt(tenant, profile, token, family);
    };
    policy.sign_access = [signer = tenant.signing_keys.signer(profile.id(), kAccessTokenAlgorithm)](
                             const std::string& value) { return signer.sign(value); };
  }
  return policy;
}

}  // namespace coffer::mock
