#include "vault/api/wire/route.h"

namespace coffer::api {

void add_routes(Router& router, std::string_view prefix, const std::vector<RouteEntry>& entries,
                Engine& engine, const Guard& guard) {
  for (const RouteEntry& entry : entries) {
    const auto handler = entry.handler;
    router.add(std::string(entry.method), std::string(prefix) + std::string(entry.pattern),
               with_api_key(guard, "api", [&engine, handler](const ServerRequest& request) {
                 return handler(engine, request);
               }));
  }
}

}  // namespace coffer::api
