#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>

#include "vault/base/error.h"
#include "vault/catalog/catalog.h"
#include "vault/model/connection.h"

namespace coffer::api::legacy {

// INITIATED, ACTIVE, FAILED or EXPIRED: what is disabled or revoked can no longer be used and is
// EXPIRED.
std::string_view account_status(ConnectionStatus status);

// The contract's Account; credentials masked.
nlohmann::json account_view(const Catalog& catalog, const Connection& connection);

// {base_url, parameters: [{in, name, value}], body}: what a request to the service carries, the
// credential masked.
nlohmann::json auth_parameters(const Catalog& catalog, const Connection& connection);

// Where app and action are known, what is still not found is the account: NotFound goes on as
// NeedsConnection, all else as it is.
[[noreturn]] void rethrow_about_account(const Error& error);

}  // namespace coffer::api::legacy
