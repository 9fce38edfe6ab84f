#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

// RFC 8628 section 3.1, for the device.
ServerResponse serve_device_authorization(Tenant& tenant, const Profile& profile,
                                          const ServerRequest& request, Exchange& exchange);
// RFC 8628 section 3.3, for the person: the page that asks for the user code; its POST leads to
// the login page.
ServerResponse serve_device_page(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                                 Exchange& exchange);

}  // namespace coffer::mock
