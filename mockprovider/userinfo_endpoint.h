#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

// OpenID Connect Core section 5.3, or the provider's own answer to who a token is. Errors as
// RFC 6750 section 3.1.
ServerResponse serve_userinfo(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                              Exchange& exchange);

}  // namespace coffer::mock
