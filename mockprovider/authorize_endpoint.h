#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

// RFC 6749 section 4.1.1, GET or POST: the login page, or at once an answer where a login script
// matches. An unknown client or a redirect URI that is not its own gets an error page and is
// never redirected to; every other fault goes back to the client.
ServerResponse serve_authorize(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                               Exchange& exchange);
// The login form's POST: the consent page, or the login page with what is wrong.
ServerResponse serve_login(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                           Exchange& exchange);
// The consent form's POST: 303 to the client with `code` or `error`, and `state` and `iss`.
ServerResponse serve_consent(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                             Exchange& exchange);

}  // namespace coffer::mock
