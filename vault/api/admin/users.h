#pragma once

#include "vault/api/wire/guard.h"
#include "vault/engine/engine.h"
#include "vault/net/router.h"

namespace coffer::api {

// DELETE /_coffer/users/{id}: forgets a user for good. Grants at providers are not revoked: delete
// the accounts with `revoke_on_delete` first where that matters.
void add_user_routes(Router& router, Engine& engine, const Guard& guard);

}  // namespace coffer::api
