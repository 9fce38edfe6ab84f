#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vault/base/http.h"
#include "vault/model/auth_config.h"
#include "vault/model/provider.h"

namespace coffer {

// Parameters of a token or revocation request; views into what the caller keeps alive.
using TokenParameters = std::vector<std::pair<std::string_view, std::string_view>>;

// Pure: the POST to one of the provider's endpoints with the client authenticated as the provider
// wants it (RFC 6749 section 2.3.1, in exactly one place). `extra` replaces parameters of the
// same name.
HttpRequest token_request(const Provider& provider, const std::string& url, const ClientCredentials& client,
                          TokenParameters parameters, const std::map<std::string, std::string>& extra);

// Pure: the GET that gives another token for this one. Its URL holds credentials.
HttpRequest swap_request(const AccessTokenSwap& swap, const ClientCredentials& client,
                         const Secret& access_token);

}  // namespace coffer
