#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vault/api/wire/route.h"
#include "vault/base/error.h"

// For dialects whose errors are no envelopes.
namespace coffer::api {

using ErrorAnswer = ServerResponse (*)(const ServerRequest&, const Error&);

// with_api_key() and add_routes() with errors in the dialect's own form. What is no Error is
// logged by its type and answered as internal_error().
Handler with_api_key(const Guard& guard, std::string scope, ErrorAnswer answer_error, Handler handler);
void add_routes(Router& router, std::string_view prefix, const std::vector<RouteEntry>& entries,
                Engine& engine, const Guard& guard, ErrorAnswer answer_error);

// Tells nothing but the request id.
Error internal_error(const ServerRequest& request);

}  // namespace coffer::api
