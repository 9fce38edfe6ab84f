#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

// RFC 7662, for confidential clients and their own tokens; any other token is not active.
ServerResponse serve_introspect(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                                Exchange& exchange);

}  // namespace coffer::mock
