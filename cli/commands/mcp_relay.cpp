#include "cli/commands/mcp_relay.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::cli {
namespace {

constexpr int kRelayFailed = -32000;
// A call that waits for its user takes half a minute, a slow service more.
constexpr Duration kRelayTimeout = std::chrono::minutes(5);
constexpr std::size_t kLongestAnswer = 16 << 20;
constexpr const char* kVersionKey = "io.modelcontextprotocol/protocolVersion";

Json parsed_or_null(const std::string& text) {
  try {
    return parse_json(text, "message");
  } catch (const Error&) {
    return nullptr;
  }
}

std::string text_at(const Json& value, const char* pointer) {
  const Json::json_pointer place(pointer);
  return value.contains(place) && value[place].is_string() ? value[place].get<std::string>() : std::string();
}

std::string modern_version(const Json& message) {
  if (!message.is_object() || !message.contains("params") || !message["params"].is_object()) return {};
  const Json meta = message["params"].value("_meta", Json::object());
  return meta.is_object() && meta.contains(kVersionKey) && meta[kVersionKey].is_string()
             ? meta[kVersionKey].get<std::string>()
             : std::string();
}

// Nothing for a notification: nobody waits for an answer to it.
std::string failure(const std::string& message, const std::string& fact) {
  const Json asked = parsed_or_null(message);
  const bool is_answered = !asked.is_object() || asked.contains("id");
  if (!is_answered) return {};
  const Json id = asked.is_object() ? asked["id"] : Json();
  return dump_json({{"jsonrpc", "2.0"}, {"id", id}, {"error", {{"code", kRelayFailed}, {"message", fact}}}});
}

// What the daemon says outside the protocol: a wrong key, an unknown session.
std::string fact_of(const HttpResponse& response) {
  const std::string told = text_at(parsed_or_null(response.body), "/error/message");
  return told.empty() ? "the daemon answered " + std::to_string(response.status) : told;
}

bool is_protocol_answer(const Json& body) {
  return body.is_object() && body.contains("jsonrpc");
}

}  // namespace

McpRelay::McpRelay(Endpoint endpoint, std::string path, HttpClient& http)
    : endpoint_(std::move(endpoint)), path_(std::move(path)), http_(http) {}

HttpHeaders McpRelay::headers_for(const std::string& message) {
  HttpHeaders headers = {{"x-api-key", std::string(endpoint_.api_key.expose())},
                         {"content-type", "application/json"},
                         {"accept", "application/json, text/event-stream"}};
  const Json value = parsed_or_null(message);
  if (const std::string version = modern_version(value); !version.empty()) {
    headers.push_back({"MCP-Protocol-Version", version});
    headers.push_back({"Mcp-Method", text_at(value, "/method")});
    if (text_at(value, "/method") == "tools/call")
      headers.push_back({"Mcp-Name", text_at(value, "/params/name")});
    return headers;
  }
  const std::lock_guard lock(mutex_);
  if (!legacy_version_.empty()) headers.push_back({"MCP-Protocol-Version", legacy_version_});
  if (!legacy_session_.empty()) headers.push_back({"Mcp-Session-Id", legacy_session_});
  return headers;
}

// The answer to `initialize` settles the version for all that follows.
void McpRelay::remember(const HttpResponse& response) {
  const std::string version = text_at(parsed_or_null(response.body), "/result/protocolVersion");
  if (version.empty()) return;
  const std::lock_guard lock(mutex_);
  legacy_version_ = version;
  legacy_session_ = header_value(response.headers, "mcp-session-id");
}

std::string McpRelay::relay(const std::string& message) {
  HttpRequest request;
  request.method = "POST";
  request.url = endpoint_.url + path_;
  request.headers = headers_for(message);
  request.body = message;
  request.timeout = kRelayTimeout;
  request.max_response_bytes = kLongestAnswer;
  request.once = true;
  const HttpResult result = http_.send(request);
  if (const auto* broken = std::get_if<HttpFailure>(&result)) {
    return failure(message, "no answer from the daemon at " + endpoint_.url + ": " + broken->detail);
  }
  const auto& response = std::get<HttpResponse>(result);
  const Json body = parsed_or_null(response.body);
  if (!is_protocol_answer(body)) return failure(message, fact_of(response));
  remember(response);
  return dump_json(body);
}

}  // namespace coffer::cli
