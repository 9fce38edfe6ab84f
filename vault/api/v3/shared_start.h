#pragma once

#include <functional>
#include <optional>

#include "vault/engine/engine.h"
#include "vault/model/shared_access.h"

namespace coffer::api::v3 {

// Calls `start` with the request: as it is where the account is to be private, else with a new
// SHARED account in it, of which nothing is left if `start` throws.
void with_account(Engine& engine, ConnectRequest request, const std::optional<SharedAccess>& shared,
                  const std::function<void(const ConnectRequest&)>& start);

}  // namespace coffer::api::v3
