#pragma once

#include <vector>

#include "vault/api/wire/route.h"

// One table per resource; each lives in the file of its resource.
namespace coffer::api::legacy {

std::vector<RouteEntry> app_routes();
std::vector<RouteEntry> action_routes();
std::vector<RouteEntry> proxy_routes();
std::vector<RouteEntry> integration_routes();
std::vector<RouteEntry> account_routes();
std::vector<RouteEntry> account_start_routes();
// The client's own data, triggers (there are none), logs, and what is not offered.
std::vector<RouteEntry> other_routes();

}  // namespace coffer::api::legacy
