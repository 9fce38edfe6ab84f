#include "vault/api/v3/v3.h"

#include "vault/api/v3/routes.h"

namespace coffer::api {

std::vector<RouteEntry> v3_routes() {
  std::vector<RouteEntry> all;
  for (const auto& table :
       {v3::toolkit_routes(), v3::tool_routes(), v3::proxy_routes(), v3::auth_config_routes(),
        v3::connected_account_routes(), v3::account_creation_routes(), v3::session_routes(),
        v3::session_use_routes(), v3::session_search_routes(), v3::webhook_subscription_routes(),
        v3::mcp_server_routes(), v3::project_routes(), v3::trigger_routes(), v3::unsupported_routes()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

void add_v3_routes(Router& router, Engine& engine, const Guard& guard) {
  const std::vector<RouteEntry> routes = v3_routes();
  add_routes(router, "/api/v3", routes, engine, guard);
  add_routes(router, "/api/v3.1", routes, engine, guard);
}

}  // namespace coffer::api
