#pragma once

#include <vector>

#include "vault/api/wire/route.h"
#include "vault/api/wire/schema_notation.h"
#include "vault/base/error.h"

namespace coffer::api {

// The dialect of Composio's first SDKs (composio-core). One table: patterns begin with the version
// and stand below /api and below / alike, because the JavaScript SDK adds "/api" to its base URL
// and the Python SDK does not.
std::vector<RouteEntry> legacy_routes();
// Of all of them but those that are not offered.
AnswerTable legacy_answers();

void add_legacy_routes(Router& router, Engine& engine, const Guard& guard);

// True for /api/v1, /api/v2, /v1, /v2 and all below.
bool is_legacy_path(std::string_view path);

// {type, name, status, message, requestId}, with `details` where the status is 400. The status is
// one that those SDKs can read: others end in a fault of theirs.
ServerResponse legacy_error(const ServerRequest& request, const Error& error);

}  // namespace coffer::api
