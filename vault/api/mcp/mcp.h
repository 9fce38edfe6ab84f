#pragma once

#include <vector>

#include "vault/api/wire/route.h"
#include "vault/api/wire/schema_notation.h"

namespace coffer::api {

// Streamable HTTP MCP: /tool_router/:id/mcp for a session, /mcp?user_id= for what a session made with
// no configuration would be. Answers are JSON, nothing is kept between requests, no stream is opened.
// Paths from the root.
std::vector<RouteEntry> mcp_routes();
AnswerTable mcp_answers();
void add_mcp_routes(Router& router, Engine& engine, const Guard& guard);

}  // namespace coffer::api
