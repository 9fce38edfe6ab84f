#include "vault/api/wire/dialect.h"

namespace coffer::api {

void add_routes(Router& router, std::string_view prefix, const std::vector<RouteEntry>& entries,
                Engine& engine, const Guard& guard, ErrorAnswer answer_error) {
  for (const RouteEntry& entry : entries) {
    Handler handler = [&engine, run = entry.handler](const ServerRequest& request) {
      return run(engine, request);
    };
    if (entry.needs_key) handler = with_api_key(guard, "api", answer_error, std::move(handler));
    router.add(std::string(entry.method), std::string(prefix) + std::string(entry.pattern),
               std::move(handler));
  }
}

Error internal_error(const ServerRequest& request) {
  return {ErrorCode::Internal, "the request failed inside the daemon",
          "look for request id " + request.request_id + " in the daemon's log"};
}

}  // namespace coffer::api
