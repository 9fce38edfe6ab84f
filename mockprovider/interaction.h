#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

// The walk of a person from an authorization request that passed every check to its answer.

// The login page, or at once an answer where a login script matches.
ServerResponse begin_interaction(Tenant& tenant, const Profile& profile, const AuthorizationRequest& request,
                                 Exchange& exchange);
// The login form's POST: the consent page, or the login page with what is wrong.
ServerResponse serve_login(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                           Exchange& exchange);
// The consent form's POST, which leads to the answer.
ServerResponse serve_consent(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                             Exchange& exchange);

}  // namespace coffer::mock
