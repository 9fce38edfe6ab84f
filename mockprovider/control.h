#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// What a person or a test asks of the mock itself, as JSON below /_mock/ (docs/mock-provider.md),
// and the index page. `segments`: of the whole path. Throws InvalidArgument, NotFound.
ServerResponse serve_control(Tenant& tenant, const ServerRequest& request,
                             const std::vector<std::string>& segments);

// A page of another site must not reach the controls, by its own name or by a name that was made
// to point here.
bool may_control(const ServerRequest& request);
ServerResponse control_refused();

// The JSON object that a POST carries; an empty one for none. Throws InvalidArgument.
nlohmann::json control_body(const ServerRequest& request);

}  // namespace coffer::mock
