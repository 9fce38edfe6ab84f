#pragma once

#include <string>
#include <vector>

#include "vault/model/provider.h"

namespace coffer {

struct AuthorizationRequest {
  std::string client_id;
  std::string redirect_uri;
  std::vector<std::string> scopes;
  std::string state;
  std::string code_challenge;  // S256; left out where the provider's profile says PKCE is off
};

// RFC 6749 section 4.1.1 with RFC 7636, plus the provider's own parameters.
std::string authorization_url(const Provider& provider, const AuthorizationRequest& request);

}  // namespace coffer
