#include "mockprovider/id_token.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/digest.h"
#include "mockprovider/token_answer.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

constexpr Duration kLifetime = std::chrono::hours(1);

bool has_scope(const IssuedTokens& issued, std::string_view scope) {
  return std::find(issued.scopes.begin(), issued.scopes.end(), scope) != issued.scopes.end();
}

}  // namespace

std::string half_hash(SigningAlgorithm algorithm, std::string_view text) {
  // Ed25519 hashes with SHA-512.
  const std::string digest = algorithm == SigningAlgorithm::RS256 ? sha256(text) : sha512(text);
  return to_base64url(std::string_view(digest).substr(0, digest.size() / 2));
}

std::function<std::string(const std::string&)> id_token_maker(Tenant& tenant, const Profile& profile,
                                                              const Client& client,
                                                              const IssuedTokens& issued) {
  const Timestamp now = tenant.clock.now();
  const SigningAlgorithm algorithm = client.id_token_algorithm;
  Json claims = {{"iss", tenant.issuer_of(profile)},
                 {"sub", subject_of_account(tenant, profile, issued.account)},
                 {"aud", client.client_id},
                 {"iat", to_ms(now) / 1000},
                 {"exp", to_ms(now + kLifetime) / 1000}};
  if (issued.signed_in_at) claims["auth_time"] = to_ms(*issued.signed_in_at) / 1000;
  if (!issued.nonce.empty()) claims["nonce"] = issued.nonce;
  const Json account = account_values(tenant, issued.account);
  if (has_scope(issued, "email")) claims.update({{"email", account["email"]}, {"email_verified", true}});
  if (has_scope(issued, "profile")) claims["name"] = account["name"];
  return [algorithm, claims,
          signer = tenant.signing_keys.signer(profile.id(), algorithm)](const std::string& access_token) {
    Json all = claims;
    all["at_hash"] = half_hash(algorithm, access_token);
    return signer.sign(signer.signing_input("JWT", all));
  };
}

}  // namespace coffer::mock
