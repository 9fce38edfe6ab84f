#pragma once

#include <vector>

#include "vault/api/wire/route.h"
#include "vault/api/wire/schema_notation.h"

namespace coffer::api {

// The dialect of Composio's current SDKs. One table: patterns are below /api/v3 and /api/v3.1.
std::vector<RouteEntry> v3_routes();
// Of all of them but those that are not offered.
AnswerTable v3_answers();

void add_v3_routes(Router& router, Engine& engine, const Guard& guard);

}  // namespace coffer::api
