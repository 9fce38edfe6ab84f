#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/id.h"
#include "vault/base/secret.h"

namespace coffer {

// How a toolkit authenticates. Wire names: OAUTH2 API_KEY BEARER_TOKEN BASIC NO_AUTH OAUTH1
// BASIC_WITH_JWT GOOGLE_SERVICE_ACCOUNT SERVICE_ACCOUNT BILLCOM_AUTH S2S_OAUTH2 SAML CALCOM_AUTH
// DCR_OAUTH. What a credential of each consists of: model/credential_fields.h.
enum class AuthScheme {
  OAuth2,
  ApiKey,
  BearerToken,
  Basic,
  NoAuth,
  OAuth1,
  BasicWithJwt,
  GoogleServiceAccount,
  ServiceAccount,
  BillcomAuth,
  S2sOAuth2,
  Saml,
  CalcomAuth,
  DcrOAuth,
};

std::string_view to_string(AuthScheme scheme);
std::optional<AuthScheme> parse_auth_scheme(std::string_view text);  // any case

// RFC 6749 section 2.3. An empty secret is a public client.
struct ClientCredentials {
  std::string client_id;
  Secret client_secret;
};

// The blueprint by which all users connect one toolkit.
struct AuthConfig {
  AuthConfigId id;
  std::string toolkit;
  std::string name;
  AuthScheme scheme = AuthScheme::OAuth2;
  bool is_managed = false;  // the one default of its toolkit; false: custom
  bool is_enabled = true;
  std::vector<std::string> scopes;  // empty: the toolkit's own list
  std::string client_id;            // public half; empty unless OAuth2
  // The tools that may run with its accounts, by their slugs; empty: every tool.
  std::vector<std::string> tools_for_execution;
  std::vector<std::string> tools_for_creation;  // as they were given
  std::vector<std::string> shared_fields;       // names of its shared credentials, which are sealed
  // Set while the provider refuses our client itself (invalid_client and the like): refreshes of
  // this config wait until then. Never a reason to expire its users.
  std::optional<Timestamp> blocked_until;
  Timestamp created_at;
  Timestamp updated_at;
};

}  // namespace coffer
