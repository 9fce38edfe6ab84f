#pragma once

#include "vault/api/wire/guard.h"
#include "vault/engine/engine.h"
#include "vault/net/router.h"

namespace coffer::api {

// POST /_coffer/subscriptions, DELETE /_coffer/subscriptions/{id}: what `coffer listen` receives
// by. Hidden from /api, because SDKs assume that there is one subscription and overwrite it; GET
// /_coffer/subscriptions lists all, hidden and not.
void add_hidden_subscription_routes(Router& router, Engine& engine, const Guard& guard);

}  // namespace coffer::api
