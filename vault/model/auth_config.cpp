#include "vault/model/auth_config.h"

#include <array>

#include "vault/base/encoding.h"

namespace coffer {

std::string_view to_string(AuthScheme scheme) {
  switch (scheme) {
    case AuthScheme::OAuth2:
      return "OAUTH2";
    case AuthScheme::ApiKey:
      return "API_KEY";
    case AuthScheme::BearerToken:
      return "BEARER_TOKEN";
    case AuthScheme::Basic:
      return "BASIC";
    case AuthScheme::NoAuth:
      return "NO_AUTH";
  }
  return "NO_AUTH";
}

std::optional<AuthScheme> parse_auth_scheme(std::string_view text) {
  for (const AuthScheme scheme : {AuthScheme::OAuth2, AuthScheme::ApiKey, AuthScheme::BearerToken,
                                  AuthScheme::Basic, AuthScheme::NoAuth}) {
    if (equals_ignoring_case(text, to_string(scheme))) return scheme;
  }
  return std::nullopt;
}

}  // namespace coffer
