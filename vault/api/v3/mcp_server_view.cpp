#include "vault/api/v3/mcp_server_view.h"

#include <nlohmann/json.hpp>

#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/document_store.h"

namespace coffer::api::v3 {
namespace {

constexpr std::string_view kServerKind = "mcp_server";

McpServer decode(const document_store::Document& document) {
  const Json text = parse_json(document.text, "stored MCP server");
  McpServer server;
  server.id = document.id;
  server.name = text.at("name");
  server.toolkits = text.at("toolkits").get<std::vector<std::string>>();
  server.auth_configs = text.at("auth_configs").get<std::vector<std::string>>();
  server.tools = text.at("tools").get<std::vector<std::string>>();
  server.managed_auth = text.at("managed_auth");
  server.created_at = document.created_at;
  server.updated_at = document.updated_at;
  return server;
}

}  // namespace

std::string mcp_server_url(const Engine& engine, const McpServer& server) {
  return engine.public_url() + "/v3/mcp/" + server.id + "/mcp";
}

Json mcp_server_view(const Engine& engine, const McpServer& server) {
  const std::string url = mcp_server_url(engine, server);
  Json icons = Json::object();
  for (const std::string& slug : server.toolkits) icons[slug] = "";
  return {{"id", server.id},
          {"name", server.name},
          {"allowed_tools", server.tools},
          {"auth_config_ids", server.auth_configs},
          {"toolkits", server.toolkits},
          {"commands",
           {{"claude", "claude mcp add --transport http \"" + server.id + "\" \"" + url + "\""},
            {"cursor", url},
            {"windsurf", url}}},
          {"mcp_url", url},
          {"created_at", to_rfc3339(server.created_at)},
          {"updated_at", to_rfc3339(server.updated_at)},
          {"deleted", false},
          {"managed_auth_via_composio", server.managed_auth},
          {"server_instance_count", 0},
          {"toolkit_icons", std::move(icons)}};
}

SessionConfig session_config_of(Engine& engine, const McpServer& server) {
  SessionConfig config;
  config.manage_connections = server.managed_auth;
  Json tools = Json::object();
  for (const std::string& slug : server.tools) {
    const ToolRef ref = engine.catalog().find_tool(slug);
    if (ref.tool != nullptr) tools[ref.toolkit->slug]["enable"].push_back(ref.tool->slug);
  }
  // Tools that are named are all that is served.
  config.toolkits_enabled = server.toolkits;
  if (!server.tools.empty()) config.toolkits_enabled.clear();
  for (const auto& [toolkit, choice] : tools.items()) config.toolkits_enabled.push_back(toolkit);
  const auto tx = engine.database().read();
  for (const std::string& id : server.auth_configs) {
    if (const auto found = auth_config_store::find(*tx, AuthConfigId(id))) {
      config.auth_configs[found->toolkit] = found->id;
    }
  }
  Json kept = {{"preload", {{"tools", "all"}}}};
  if (!tools.empty()) kept["tools"] = std::move(tools);
  if (config.toolkits_enabled.empty()) kept["toolkits"]["enable"] = Json::array();
  config.extra_json = dump_json(kept);
  return config;
}

std::vector<McpServer> mcp_servers(Transaction& tx) {
  std::vector<McpServer> servers;
  for (const auto& document : document_store::list(tx, kServerKind)) servers.push_back(decode(document));
  return servers;
}

McpServer mcp_server_or_not_found(Transaction& tx, const std::string& id) {
  if (const auto found = document_store::find(tx, kServerKind, id)) return decode(*found);
  throw Error(ErrorCode::NotFound, "MCP server " + in_quotes(id) + " does not exist",
              "GET /api/v3/mcp/servers lists them");
}

void store(WriteTransaction& tx, const McpServer& server) {
  const Json text = {{"name", server.name},
                     {"toolkits", server.toolkits},
                     {"auth_configs", server.auth_configs},
                     {"tools", server.tools},
                     {"managed_auth", server.managed_auth}};
  document_store::put(
      tx, {std::string(kServerKind), server.id, dump_json(text), server.created_at, server.updated_at});
}

void remove_mcp_server(WriteTransaction& tx, const std::string& id) {
  document_store::remove(tx, kServerKind, id);
}

}  // namespace coffer::api::v3
