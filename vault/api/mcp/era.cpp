#include "vault/api/mcp/era.h"

#include <algorithm>
#include <array>

#include "vault/base/encoding.h"
#include "vault/base/text.h"

namespace coffer::api::mcp {
namespace {

constexpr std::array<std::string_view, 5> kLegacyVersions = {"2025-11-25", "2025-06-18", "2025-03-26",
                                                             "2024-11-05", "2024-10-07"};
constexpr const char* kVersionKey = "io.modelcontextprotocol/protocolVersion";
constexpr const char* kCapabilitiesKey = "io.modelcontextprotocol/clientCapabilities";
constexpr std::string_view kOpensUrlsMark = ".url";

bool is_legacy(std::string_view version) {
  return std::find(kLegacyVersions.begin(), kLegacyVersions.end(), version) != kLegacyVersions.end();
}

const Json& member(const Json& object, const char* key) {
  static const Json null;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found == object.end() ? null : *found;
}

bool declares_urls(const Json& capabilities) {
  return member(member(capabilities, "elicitation"), "url").is_object();
}

RpcError unsupported_version(const std::string& requested) {
  Json supported = Json::array({kModernVersion});
  for (const std::string_view version : kLegacyVersions) supported.push_back(version);
  return {rpc_code::kUnsupportedVersion, "unsupported protocol version",
          Json{{"supported", std::move(supported)}, {"requested", requested}}, kBadRequest};
}

RpcError mismatch(const std::string& header) {
  return {rpc_code::kHeaderMismatch, "header " + header + " is missing or differs from the body", nullptr,
          kBadRequest};
}

RpcError bad_meta(const char* key, const std::string& fault) {
  return {rpc_code::kInvalidParams, "\"_meta\" member " + in_quotes(key) + " " + fault, nullptr, kBadRequest};
}

// Values that plain ASCII cannot carry come as =?base64?...?=.
std::string plain_header(std::string_view value) {
  constexpr std::string_view kPrefix = "=?base64?", kSuffix = "?=";
  if (value.size() < kPrefix.size() + kSuffix.size() || !value.starts_with(kPrefix) ||
      !value.ends_with(kSuffix)) {
    return std::string(value);
  }
  value.remove_prefix(kPrefix.size());
  value.remove_suffix(kSuffix.size());
  return from_base64(value).value_or(std::string());
}

std::optional<RpcError> check_headers(const ServerRequest& request, const RpcMessage& message,
                                      const std::string& version) {
  if (request.header("mcp-protocol-version") != version) return mismatch("MCP-Protocol-Version");
  if (request.header("mcp-method") != message.method) return mismatch("Mcp-Method");
  const Json& name = member(message.params, "name");
  const bool is_named = message.method == "tools/call" && name.is_string();
  if (is_named && plain_header(request.header("mcp-name")) != name.get<std::string>())
    return mismatch("Mcp-Name");
  return std::nullopt;
}

std::variant<Peer, RpcError> modern_peer(const ServerRequest& request, const RpcMessage& message) {
  const Json& meta = member(message.params, "_meta");
  const Json& version = member(meta, kVersionKey);
  if (!version.is_string()) return bad_meta(kVersionKey, "is missing");
  const std::string wanted = version.get<std::string>();
  if (wanted != kModernVersion) return unsupported_version(wanted);
  const Json& capabilities = member(meta, kCapabilitiesKey);
  if (!capabilities.is_object()) return bad_meta(kCapabilitiesKey, "is missing");
  if (auto fault = check_headers(request, message, wanted)) return *fault;
  return Peer{true, declares_urls(capabilities)};
}

}  // namespace

std::variant<Peer, RpcError> peer_of(const ServerRequest& request, const RpcMessage& message) {
  if (message.method == "initialize") return Peer{};
  const std::string header(request.header("mcp-protocol-version"));
  const bool is_modern = member(message.params, "_meta").contains(kVersionKey) || header == kModernVersion;
  if (is_modern) return modern_peer(request, message);
  // Revisions before 2025-06-18 have no such header.
  if (!header.empty() && !is_legacy(header)) return unsupported_version(header);
  return Peer{false, request.header("mcp-session-id").ends_with(kOpensUrlsMark)};
}

std::string settled_version(const Json& params) {
  const Json& wanted = member(params, "protocolVersion");
  if (wanted.is_string() && is_legacy(wanted.get<std::string>())) return wanted.get<std::string>();
  return std::string(kNewestLegacyVersion);
}

std::string legacy_session_id(const Json& initialize_params, const std::string& random) {
  // Older revisions have no URL mode.
  const bool opens_urls = settled_version(initialize_params) == kNewestLegacyVersion &&
                          declares_urls(member(initialize_params, "capabilities"));
  return opens_urls ? random + std::string(kOpensUrlsMark) : std::string();
}

}  // namespace coffer::api::mcp
