#include "vault/model/connection.h"

namespace coffer {

std::string_view to_string(ConnectionStatus status) {
  switch (status) {
    case ConnectionStatus::Initializing:
      return "INITIALIZING";
    case ConnectionStatus::Initiated:
      return "INITIATED";
    case ConnectionStatus::Active:
      return "ACTIVE";
    case ConnectionStatus::Failed:
      return "FAILED";
    case ConnectionStatus::Expired:
      return "EXPIRED";
    case ConnectionStatus::Inactive:
      return "INACTIVE";
    case ConnectionStatus::Revoked:
      return "REVOKED";
  }
  return "FAILED";
}

std::optional<ConnectionStatus> parse_connection_status(std::string_view text) {
  for (const ConnectionStatus status :
       {ConnectionStatus::Active, ConnectionStatus::Initiated, ConnectionStatus::Initializing,
        ConnectionStatus::Failed, ConnectionStatus::Expired, ConnectionStatus::Inactive,
        ConnectionStatus::Revoked}) {
    if (text == to_string(status)) return status;
  }
  return std::nullopt;
}

std::string_view to_string(RefreshState state) {
  switch (state) {
    case RefreshState::Idle:
      return "IDLE";
    case RefreshState::Sent:
      return "SENT";
    case RefreshState::Backoff:
      return "BACKOFF";
  }
  return "IDLE";
}

}  // namespace coffer
