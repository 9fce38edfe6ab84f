#pragma once

#include <mutex>
#include <string>

#include "cli/commands/endpoint.h"
#include "vault/base/http.h"

namespace coffer::cli {

// Carries MCP messages of a client that speaks stdio to the daemon's endpoint, and the answers back.
// Both eras of the protocol; what HTTP has in headers beside the body, it adds. Any thread.
class McpRelay {
 public:
  // `path`: "/mcp?user_id=..." or "/tool_router/.../mcp". `http` outlives it.
  McpRelay(Endpoint endpoint, std::string path, HttpClient& http);

  // The answer to one message, without line breaks; empty where none is due. A failure of the relay
  // itself is a JSON-RPC error. Never throws.
  std::string relay(const std::string& message);

 private:
  HttpHeaders headers_for(const std::string& message);
  void remember(const HttpResponse& response);

  const Endpoint endpoint_;
  const std::string path_;
  HttpClient& http_;
  std::mutex mutex_;  // guards both
  std::string legacy_version_;
  std::string legacy_session_;
};

}  // namespace coffer::cli
