#include "vault/api/wire/route.h"

#include "vault/api/wire/dialect.h"
#include "vault/api/wire/envelope.h"

namespace coffer::api {

void add_routes(Router& router, std::string_view prefix, const std::vector<RouteEntry>& entries,
                Engine& engine, const Guard& guard) {
  add_routes(router, prefix, entries, engine, guard, error_response);
}

}  // namespace coffer::api
