#pragma once

#include <vector>

#include "vault/api/wire/route.h"

// One table per resource; each lives in the file of its resource.
namespace coffer::api::v3 {

std::vector<RouteEntry> toolkit_routes();
std::vector<RouteEntry> tool_routes();
std::vector<RouteEntry> proxy_routes();
std::vector<RouteEntry> auth_config_routes();
std::vector<RouteEntry> connected_account_routes();
std::vector<RouteEntry> account_creation_routes();
std::vector<RouteEntry> session_routes();
std::vector<RouteEntry> session_use_routes();
std::vector<RouteEntry> session_search_routes();
std::vector<RouteEntry> webhook_subscription_routes();
std::vector<RouteEntry> mcp_server_routes();
std::vector<RouteEntry> project_routes();
std::vector<RouteEntry> trigger_routes();
// Endpoints that SDKs know and this daemon does not offer: 501 with a reason.
std::vector<RouteEntry> unsupported_routes();

}  // namespace coffer::api::v3
