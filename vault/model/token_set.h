#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/secret.h"
#include "vault/model/auth_config.h"

namespace coffer {

// One OAuth grant as the provider last gave it. Access and refresh token travel together, so
// that they can never be of different generations.
struct TokenSet {
  Secret access_token;
  Secret refresh_token;           // empty: none was given
  Secret previous_refresh_token;  // kept until the new pair has proved itself
  std::string token_type = "Bearer";
  std::optional<Timestamp> expires_at;          // absent: does not expire
  std::optional<Timestamp> refresh_expires_at;  // of the refresh token; absent: nobody said
  std::vector<std::string> scopes;              // as granted
  ClientCredentials client;                     // that it was issued to; no id: the auth config's
  bool is_client_grant = false;                 // RFC 6749 section 4.4: the client alone brings the next one
};

// Whether there is anything to get another access token by.
inline bool is_renewable(const TokenSet& tokens) {
  return tokens.is_client_grant || !tokens.refresh_token.empty();
}

struct ApiKeyCredential {
  Secret key;
};

struct BearerCredential {
  Secret token;
};

struct BasicCredential {
  std::string username;
  Secret password;
};

// Any scheme whose credential is a set of named fields: model/credential_fields.h.
struct FieldsCredential {
  std::map<std::string, std::string> names;  // of the holder: user name, application id
  std::map<std::string, Secret> secrets;
};

// monostate: the toolkit needs none, or the account was never ACTIVE.
using Credential = std::variant<std::monostate, TokenSet, ApiKeyCredential, BearerCredential, BasicCredential,
                                FieldsCredential>;

}  // namespace coffer
