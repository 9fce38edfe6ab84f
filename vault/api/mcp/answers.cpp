#include "vault/api/mcp/mcp.h"

namespace coffer::api {
namespace {

// JSON-RPC 2.0 section 5.
constexpr Notation kSchemas[] = {
    {"JsonRpcResponse",
     "{jsonrpc:text, id?:any, result?:object, error?:{code:int, message:text, data?:any}}"}};

constexpr Notation kRoutes[] = {{"POST /tool_router/:id/mcp", "JsonRpcResponse"},
                                {"POST /mcp", "JsonRpcResponse"},
                                {"POST /v3/mcp/:id/mcp", "JsonRpcResponse"},
                                {"POST /v3/mcp/:id", "JsonRpcResponse"}};

}  // namespace

AnswerTable mcp_answers() {
  return {kSchemas, kRoutes, "object"};
}

}  // namespace coffer::api
