#pragma once

#include "vault/base/http.h"
#include "vault/model/token_set.h"
#include "vault/model/toolkit.h"

namespace coffer {

// Puts the credential where the toolkit's auth mode says: header, query or RFC 7617 basic.
// Template names: access_token, api_key (generic_api_key), token, username, password, or those of
// the credential's own fields.
void apply_credential(HttpRequest& request, const AuthMode& mode, const Credential& credential);

// Replaces every occurrence of the credential's secrets in a text by "[redacted]": services echo.
void scrub(std::string& text, const Credential& credential);

}  // namespace coffer
