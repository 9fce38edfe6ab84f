#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "vault/model/auth_config.h"
#include "vault/model/connection.h"
#include "vault/model/shared_access.h"
#include "vault/store/database.h"

namespace coffer {

// The connected account as the wire shows it (contract 4.4, "CA"), credentials masked. Lives here
// because the expired event carries the same view as the API.
nlohmann::json connection_view(Transaction& tx, const Connection& connection);
// The same for a caller that has read the rest already. No auth config: it was deleted.
nlohmann::json connection_view(const Connection& connection, const AuthConfig* auth_config,
                               const std::optional<SharedAccess>& shared);

// {account_type, acl_config_for_shared}; the latter for SHARED accounts alone.
nlohmann::json experimental_view(const std::optional<SharedAccess>& shared);

// Body of composio.connected_account.expired (contract 4.7).
std::string expired_event_body(Transaction& tx, const Connection& connection, const std::string& event_id,
                               Timestamp now, const std::string& project_id,
                               const std::string& organization_id);

}  // namespace coffer
