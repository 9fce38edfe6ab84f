#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/id.h"

namespace coffer {

// What one agent run may use, on behalf of one user. Empty lists restrict nothing.
struct SessionConfig {
  std::vector<std::string> toolkits_enabled;
  std::vector<std::string> toolkits_disabled;
  std::map<std::string, AuthConfigId> auth_configs;                     // by toolkit
  std::map<std::string, std::vector<ConnectionId>> connected_accounts;  // pinned, by toolkit
  bool manage_connections = true;
  std::string callback_url;
  // The create body's remaining keys as JSON text, answered back as they came.
  std::string extra_json = "{}";
};

struct Session {
  SessionId id;
  UserId user;
  SessionConfig config;
  std::int64_t config_version = 1;
  Timestamp created_at;
};

}  // namespace coffer
