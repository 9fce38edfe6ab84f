#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "vault/base/json.h"

// JSON-RPC 2.0, as far as MCP uses it: one message per HTTP request.
namespace coffer::api::mcp {

namespace rpc_code {
inline constexpr int kParse = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
inline constexpr int kInternal = -32603;
// MCP's own.
inline constexpr int kHeaderMismatch = -32020;
inline constexpr int kUnsupportedVersion = -32022;
inline constexpr int kUrlElicitationRequired = -32042;
}  // namespace rpc_code

inline constexpr int kBadRequest = 400;  // the HTTP status of a message that is none

struct RpcError {
  int code = 0;
  std::string message;
  Json data = nullptr;  // null: none
  int http_status = 200;
};

// What the client says. Only a request is answered.
struct RpcMessage {
  enum class Kind { Request, Notification, Response };
  Kind kind = Kind::Request;
  Json id;  // a text or a whole number
  std::string method;
  Json params = Json::object();
};

// Batches are refused: revision 2025-06-18 took them out.
std::variant<RpcMessage, RpcError> parse_message(std::string_view body);

using RpcOutcome = std::variant<Json, RpcError>;
// {jsonrpc, id, result} or {jsonrpc, id, error: {code, message, data?}}.
Json response_message(const Json& id, RpcOutcome outcome);

}  // namespace coffer::api::mcp
