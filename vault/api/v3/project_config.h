#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "vault/store/database.h"

namespace coffer::api::v3 {

// Defaults where nothing was set.
nlohmann::json stored_project_config(Transaction& tx);
void store_project_config(WriteTransaction& tx, const nlohmann::json& config, Timestamp now);

// What people know the application by; empty where nothing was set.
std::string application_name(Transaction& tx);

// Whether POST /connected_accounts is refused for managed OAuth, as Composio's own service does.
bool refuses_managed_create(Transaction& tx);

}  // namespace coffer::api::v3
