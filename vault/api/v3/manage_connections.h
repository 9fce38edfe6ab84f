#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "vault/api/wire/body.h"
#include "vault/engine/engine.h"
#include "vault/model/connection.h"
#include "vault/model/session.h"

// The meta tool by which an agent sees the user's connections and hands out Connect Links.
namespace coffer::api::v3 {

inline constexpr std::string_view kManageConnections = "COMPOSIO_MANAGE_CONNECTIONS";

nlohmann::json manage_connections_input();
nlohmann::json manage_connections_output();

// Runs it: {message, results, summary, session}. What fails for one toolkit is told in its own
// result; throws InvalidArgument for wrong arguments only.
nlohmann::json manage_connections(Engine& engine, const Session& session, const ObjectReader& arguments);

// [{id, alias, status, is_default}].
nlohmann::json accounts_view(const std::vector<Connection>& accounts,
                             const std::optional<Connection>& default_one);

}  // namespace coffer::api::v3
