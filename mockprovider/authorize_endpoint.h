#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

// RFC 6749 section 4.1.1, GET or POST, by parameters or by the address of a pushed request
// (RFC 9126 section 4): the login page, or at once an answer where a login script matches. An
// unknown client or a redirect URI that is not its own gets an error page and is never redirected
// to; every other fault goes back to the client.
ServerResponse serve_authorize(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                               Exchange& exchange);

}  // namespace coffer::mock
