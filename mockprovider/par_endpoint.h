#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

// RFC 9126: an authorization request that the client sends ahead, with its own authentication.
ServerResponse serve_par(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                         Exchange& exchange);

}  // namespace coffer::mock
