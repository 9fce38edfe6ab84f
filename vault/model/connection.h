#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/id.h"
#include "vault/model/auth_config.h"

namespace coffer {

enum class ConnectionStatus { Initializing, Initiated, Active, Failed, Expired, Inactive, Revoked };

// Wire names: INITIALIZING INITIATED ACTIVE FAILED EXPIRED INACTIVE REVOKED.
std::string_view to_string(ConnectionStatus status);
std::optional<ConnectionStatus> parse_connection_status(std::string_view text);

// Where a refresh stands. Sent: a token request may have left and its answer is not stored yet.
enum class RefreshState { Idle, Sent, Backoff };

std::string_view to_string(RefreshState state);

// A connected account: one user's grant for one toolkit. Never holds the credential itself.
struct Connection {
  ConnectionId id;
  UserId user;
  std::string toolkit;
  AuthConfigId auth_config;
  AuthScheme scheme = AuthScheme::OAuth2;
  std::string alias;
  ConnectionStatus status = ConnectionStatus::Initiated;
  std::string status_reason;                  // one fixed English sentence, empty while all is well
  std::vector<std::string> scopes;            // as granted; requested while not yet connected
  std::string identity;                       // who the account is at the provider, for display
  std::map<std::string, std::string> fields;  // not secret: subdomain, cloud_id
  std::string redacted_credential;            // "••••9f3a", for screens
  Timestamp created_at;
  Timestamp updated_at;
  std::optional<Timestamp> connected_at;  // last time it became ACTIVE by a grant
  std::optional<Timestamp> expires_at;    // of the access token
  std::optional<Timestamp> next_refresh_at;
  RefreshState refresh_state = RefreshState::Idle;
  std::int64_t failures = 0;    // refreshes in a row that brought no token
  std::int64_t generation = 0;  // grows with every change of the credential
};

}  // namespace coffer
