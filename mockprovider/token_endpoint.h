#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

// RFC 6749 section 3.2, in the shapes of the provider's profile.
ServerResponse serve_token(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                           Exchange& exchange);

}  // namespace coffer::mock
