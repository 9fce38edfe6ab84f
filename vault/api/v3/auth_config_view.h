#pragma once

#include <nlohmann/json_fwd.hpp>

#include "vault/catalog/catalog.h"
#include "vault/model/auth_config.h"
#include "vault/store/database.h"

namespace coffer::api::v3 {

// The contract's AC (4.3); credentials masked.
nlohmann::json auth_config_view(Transaction& tx, const Catalog& catalog, const AuthConfig& config);

// Throws NotFound.
AuthConfig auth_config_or_not_found(Transaction& tx, const AuthConfigId& id);

}  // namespace coffer::api::v3
