#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/secret.h"

namespace coffer {

// One OAuth grant as the provider last gave it. Access and refresh token travel together, so
// that they can never be of different generations.
struct TokenSet {
  Secret access_token;
  Secret refresh_token;           // empty: none was given
  Secret previous_refresh_token;  // kept until the new pair has proved itself
  std::string token_type = "Bearer";
  std::optional<Timestamp> expires_at;  // absent: does not expire
  std::vector<std::string> scopes;      // as granted
};

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

// monostate: the toolkit needs none, or the account was never ACTIVE.
using Credential =
    std::variant<std::monostate, TokenSet, ApiKeyCredential, BearerCredential, BasicCredential>;

}  // namespace coffer
