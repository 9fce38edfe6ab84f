#pragma once

#include <string>

#include "vault/base/http.h"
#include "vault/model/auth_config.h"
#include "vault/model/provider.h"

namespace coffer {

// RFC 7591 section 3.1: registers a client for the authorization code and refresh grants, which
// authenticates as the provider wants it.
HttpRequest registration_request(const Provider& provider, const std::string& redirect_uri,
                                 const std::string& name);

// Section 3.2. Throws InvalidArgument for a refusal and for an answer without a client, Unavailable
// for what may pass.
ClientCredentials read_registration(const Provider& provider, const HttpResponse& response);

}  // namespace coffer
