#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

// RFC 7591, open to everybody.
ServerResponse serve_register(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                              Exchange& exchange);
// RFC 7592, at register/<client_id>: GET, PUT and DELETE with the registration access token.
ServerResponse serve_registration(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                                  Exchange& exchange);

}  // namespace coffer::mock
