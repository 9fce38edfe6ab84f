#pragma once

#include <nlohmann/json_fwd.hpp>

#include "vault/catalog/catalog.h"
#include "vault/model/auth_config.h"
#include "vault/store/database.h"

namespace coffer::api::legacy {

// The contract's Integration; its client secret masked.
nlohmann::json integration_view(Transaction& tx, const Catalog& catalog, const AuthConfig& config);

}  // namespace coffer::api::legacy
