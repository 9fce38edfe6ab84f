#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vault/api/mcp/json_rpc.h"
#include "vault/net/router.h"

// Which revision of MCP a request speaks. Two eras share one endpoint: the legacy one opens with
// `initialize`; the modern one, from 2026-07-28 on, says all it needs with each request.
namespace coffer::api::mcp {

inline constexpr std::string_view kModernVersion = "2026-07-28";
inline constexpr std::string_view kNewestLegacyVersion = "2025-11-25";

struct Peer {
  bool is_modern = false;
  bool opens_urls = false;  // declared URL-mode elicitation
};

// Reads what tells the era and checks what the modern one demands: version, capabilities, and headers
// that say the same as the body. `initialize` is legacy whatever the headers say.
std::variant<Peer, RpcError> peer_of(const ServerRequest& request, const RpcMessage& message);

// The legacy version that `initialize` settles on: the one asked for, where it is known.
std::string settled_version(const Json& params);

// The endpoint keeps nothing between requests. What a legacy client declared once, and what matters
// later, travels in the session id that it must send back. Empty: nothing to remember.
std::string legacy_session_id(const Json& initialize_params, const std::string& random);

}  // namespace coffer::api::mcp
