#pragma once

#include "vault/api/mcp/era.h"
#include "vault/api/mcp/json_rpc.h"
#include "vault/engine/engine.h"
#include "vault/model/session.h"

// A session's tools as MCP sees them.
namespace coffer::api::mcp {

// {tools: [...]}: the same tools in the same order as the session lists them, on one page. No cursor is
// given out: one that comes is an RpcError.
RpcOutcome list_tools(const Engine& engine, const Session& session, const Json& params);

// tools/call. What a tool or its arguments do wrong is a result with isError, so that the model sees
// it; a tool that the session has not is an RpcError. Where an account is missing, clients that open
// URLs are asked to open the Connect Link, others get it in the result; neither if the session's
// manage_connections is off.
RpcOutcome call_tool(Engine& engine, const Session& session, const Peer& peer, const Json& params);

}  // namespace coffer::api::mcp
