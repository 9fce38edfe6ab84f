#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "vault/engine/engine.h"
#include "vault/model/session.h"

namespace coffer::api::v3 {

struct McpServer {
  std::string id;
  std::string name;
  std::vector<std::string> toolkits;  // empty: those of the tools
  std::vector<std::string> auth_configs;
  std::vector<std::string> tools;  // all that is served; empty: all of the toolkits
  bool managed_auth = true;
  Timestamp created_at;
  Timestamp updated_at;
};

// The contract's Item (4.9).
nlohmann::json mcp_server_view(const Engine& engine, const McpServer& server);

// Where it is served; which user it acts as is said in the query.
std::string mcp_server_url(const Engine& engine, const McpServer& server);

// What a session for it may use.
SessionConfig session_config_of(Engine& engine, const McpServer& server);

// In the order they were made.
std::vector<McpServer> mcp_servers(Transaction& tx);
// Throws NotFound.
McpServer mcp_server_or_not_found(Transaction& tx, const std::string& id);
void store(WriteTransaction& tx, const McpServer& server);
void remove_mcp_server(WriteTransaction& tx, const std::string& id);

}  // namespace coffer::api::v3
