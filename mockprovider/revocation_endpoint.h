#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

// RFC 7009. A refresh token takes its whole grant with it.
ServerResponse serve_revoke(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                            Exchange& exchange);

}  // namespace coffer::mock
