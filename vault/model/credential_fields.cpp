#include "vault/model/credential_fields.h"

#include <algorithm>
#include <vector>

namespace coffer {
namespace {

using Keys = std::vector<std::string_view>;

struct SchemeTraits {
  AuthScheme scheme;
  CredentialKind kind;
  std::vector<CredentialField> fields = {};
  Keys under_way = {};  // INITIALIZING, INITIATED
  Keys holding = {};    // ACTIVE, INACTIVE
  Keys ended = {};      // FAILED, EXPIRED, REVOKED
};

constexpr bool kNotSecret = false;
constexpr bool kOptional = false;
constexpr bool kMultiline = true;

const std::vector<SchemeTraits>& all_traits() {
  static const CredentialField user{"username", "User name", kNotSecret};
  static const CredentialField password{"password", "Password"};
  static const Keys login{"username", "password"};
  static const std::vector<SchemeTraits> traits = {
      {AuthScheme::NoAuth, CredentialKind::None},
      {AuthScheme::OAuth2, CredentialKind::Tokens, {}, {"redirectUrl"}, {"access_token"}},
      {AuthScheme::DcrOAuth,
       CredentialKind::Tokens,
       {},
       {"client_id", "redirectUrl"},
       {"access_token", "client_id"}},
      {AuthScheme::S2sOAuth2, CredentialKind::Tokens, {}, {}, {"access_token"}},
      {AuthScheme::ApiKey, CredentialKind::ApiKey, {{"generic_api_key", "API key"}}, {}, {"generic_api_key"}},
      {AuthScheme::BearerToken, CredentialKind::Bearer, {{"token", "Token"}}, {}, {"token"}},
      {AuthScheme::Basic, CredentialKind::Basic, {user, password}, {}, login, login},
      {AuthScheme::BasicWithJwt, CredentialKind::Fields, {user, password}, {}, login, login},
      {AuthScheme::GoogleServiceAccount,
       CredentialKind::Fields,
       {{"credentials_json", "Service account key (JSON)", true, true, kMultiline}},
       {"redirectUrl"},
       {"credentials_json"}},
      {AuthScheme::ServiceAccount,
       CredentialKind::Fields,
       {{"application_id", "Application id", kNotSecret},
        {"installation_id", "Installation id", kNotSecret},
        {"private_key", "Private key (PEM)", true, true, kMultiline}},
       {},
       {"application_id", "installation_id", "private_key"}},
      {AuthScheme::BillcomAuth,
       CredentialKind::Fields,
       {{"sessionId", "Session id"}, {"devKey", "Developer key"}},
       {"redirectUrl"},
       {"sessionId", "devKey"}},
      {AuthScheme::OAuth1,
       CredentialKind::Fields,
       {{"oauth_token", "Access token"},
        {"oauth_token_secret", "Access token secret"},
        {"consumer_key", "Consumer key", kNotSecret, kOptional},
        {"consumer_secret", "Consumer secret", true, kOptional}},
       {"authUri", "oauth_token", "oauth_token_secret", "redirectUrl"},
       {"oauth_token", "oauth_token_secret"}},
      {AuthScheme::Saml, CredentialKind::Fields},
      {AuthScheme::CalcomAuth, CredentialKind::Fields},
  };
  return traits;
}

const SchemeTraits& traits_of(AuthScheme scheme) {
  const auto& all = all_traits();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const SchemeTraits& traits) { return traits.scheme == scheme; });
  return found == all.end() ? all.front() : *found;
}

}  // namespace

CredentialKind credential_kind(AuthScheme scheme) {
  return traits_of(scheme).kind;
}

std::span<const CredentialField> credential_fields(AuthScheme scheme) {
  return traits_of(scheme).fields;
}

const CredentialField* find_credential_field(AuthScheme scheme, std::string_view name) {
  for (const CredentialField& field : credential_fields(scheme)) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

std::span<const std::string_view> state_keys(AuthScheme scheme, ConnectionStatus status) {
  const SchemeTraits& traits = traits_of(scheme);
  switch (status) {
    case ConnectionStatus::Initializing:
    case ConnectionStatus::Initiated:
      return traits.under_way;
    case ConnectionStatus::Active:
    case ConnectionStatus::Inactive:
      return traits.holding;
    case ConnectionStatus::Failed:
    case ConnectionStatus::Expired:
    case ConnectionStatus::Revoked:
      return traits.ended;
  }
  return traits.ended;
}

}  // namespace coffer
