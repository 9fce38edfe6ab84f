#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

// RFC 8414 section 2 and OpenID Connect Discovery section 3: everything that is served.
ServerResponse serve_discovery(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                               Exchange& exchange);
// RFC 7517 section 5.
ServerResponse serve_jwks(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                          Exchange& exchange);

}  // namespace coffer::mock
