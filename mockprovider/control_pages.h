#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// The controls for a person with a browser, below /_mock/: the inspector (newest request first, a
// search, one request in full) and the board of grants, whose buttons are plain forms. nullopt: the
// request wants no page. Throws NotFound and InvalidArgument.
std::optional<ServerResponse> serve_control_page(Tenant& tenant, const ServerRequest& request,
                                                 const std::vector<std::string>& segments);

}  // namespace coffer::mock
