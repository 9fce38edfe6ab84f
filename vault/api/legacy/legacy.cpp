#include "vault/api/legacy/legacy.h"

#include <algorithm>

#include "vault/api/legacy/routes.h"
#include "vault/api/wire/dialect.h"

namespace coffer::api {

std::vector<RouteEntry> legacy_routes() {
  std::vector<RouteEntry> all;
  for (const auto& table :
       {legacy::app_routes(), legacy::action_routes(), legacy::proxy_routes(), legacy::integration_routes(),
        legacy::account_routes(), legacy::account_start_routes(), legacy::other_routes()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

void add_legacy_routes(Router& router, Engine& engine, const Guard& guard) {
  const std::vector<RouteEntry> routes = legacy_routes();
  add_routes(router, "/api", routes, engine, guard, legacy_error);
  add_routes(router, "", routes, engine, guard, legacy_error);
}

bool is_legacy_path(std::string_view path) {
  constexpr std::string_view kPrefix = "/api";
  if (path.starts_with(kPrefix)) path.remove_prefix(kPrefix.size());
  const std::string_view version = path.substr(0, std::min(path.find('/', 1), path.size()));
  return version == "/v1" || version == "/v2";
}

}  // namespace coffer::api
