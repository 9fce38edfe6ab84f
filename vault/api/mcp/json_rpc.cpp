#include "vault/api/mcp/json_rpc.h"

#include "vault/base/error.h"

namespace coffer::api::mcp {
namespace {

RpcError invalid(std::string fault) {
  return {rpc_code::kInvalidRequest, std::move(fault), nullptr, kBadRequest};
}

bool is_id(const Json& value) {
  return value.is_string() || value.is_number_integer();
}

std::variant<RpcMessage, RpcError> read_message(Json value) {
  if (!value.is_object()) return invalid("the body is not one JSON-RPC message");
  if (value.value("jsonrpc", Json()) != "2.0") return invalid("\"jsonrpc\" is not \"2.0\"");
  RpcMessage message;
  const bool has_id = value.contains("id");
  if (has_id && !is_id(value["id"])) return invalid("\"id\" is neither a text nor a whole number");
  if (has_id) message.id = value["id"];
  if (!value.contains("method")) {
    if (!has_id || (!value.contains("result") && !value.contains("error")))
      return invalid("\"method\" is missing");
    message.kind = RpcMessage::Kind::Response;
    return message;
  }
  if (!value["method"].is_string()) return invalid("\"method\" is not a text");
  message.method = value["method"].get<std::string>();
  message.kind = has_id ? RpcMessage::Kind::Request : RpcMessage::Kind::Notification;
  if (value.contains("params")) message.params = std::move(value["params"]);
  if (!message.params.is_object()) return invalid("\"params\" is not an object");
  return message;
}

}  // namespace

std::variant<RpcMessage, RpcError> parse_message(std::string_view body) {
  try {
    return read_message(parse_json(body));
  } catch (const Error& error) {
    return RpcError{rpc_code::kParse, error.what(), nullptr, kBadRequest};
  }
}

Json response_message(const Json& id, RpcOutcome outcome) {
  Json message = {{"jsonrpc", "2.0"}, {"id", id}};
  if (auto* result = std::get_if<Json>(&outcome)) {
    message["result"] = std::move(*result);
    return message;
  }
  RpcError& error = std::get<RpcError>(outcome);
  message["error"] = {{"code", error.code}, {"message", std::move(error.message)}};
  if (!error.data.is_null()) message["error"]["data"] = std::move(error.data);
  return message;
}

}  // namespace coffer::api::mcp
