#include "vault/model/auth_config.h"

#include <utility>

#include "vault/base/encoding.h"

namespace coffer {
namespace {

constexpr std::pair<AuthScheme, std::string_view> kNames[] = {
    {AuthScheme::OAuth2, "OAUTH2"},
    {AuthScheme::ApiKey, "API_KEY"},
    {AuthScheme::BearerToken, "BEARER_TOKEN"},
    {AuthScheme::Basic, "BASIC"},
    {AuthScheme::NoAuth, "NO_AUTH"},
    {AuthScheme::OAuth1, "OAUTH1"},
    {AuthScheme::BasicWithJwt, "BASIC_WITH_JWT"},
    {AuthScheme::GoogleServiceAccount, "GOOGLE_SERVICE_ACCOUNT"},
    {AuthScheme::ServiceAccount, "SERVICE_ACCOUNT"},
    {AuthScheme::BillcomAuth, "BILLCOM_AUTH"},
    {AuthScheme::S2sOAuth2, "S2S_OAUTH2"},
    {AuthScheme::Saml, "SAML"},
    {AuthScheme::CalcomAuth, "CALCOM_AUTH"},
    {AuthScheme::DcrOAuth, "DCR_OAUTH"},
};

}  // namespace

std::string_view to_string(AuthScheme scheme) {
  for (const auto& [known, name] : kNames) {
    if (known == scheme) return name;
  }
  return "NO_AUTH";
}

std::optional<AuthScheme> parse_auth_scheme(std::string_view text) {
  for (const auto& [scheme, name] : kNames) {
    if (equals_ignoring_case(text, name)) return scheme;
  }
  return std::nullopt;
}

}  // namespace coffer
