#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

// The endpoints where clients authenticate themselves. Each notes in `exchange` what it learns.

// RFC 6749 sections 4.1.3 and 6, in the shapes of the provider's profile.
ServerResponse serve_token(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                           Exchange& exchange);
// RFC 7009.
ServerResponse serve_revoke(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                            Exchange& exchange);
// RFC 7662.
ServerResponse serve_introspect(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                                Exchange& exchange);

}  // namespace coffer::mock
