#pragma once

#include "vault/api/wire/guard.h"
#include "vault/base/clock.h"
#include "vault/engine/engine.h"
#include "vault/engine/trigger.h"
#include "vault/net/router.h"

namespace coffer::api {

// /livez and /readyz, without a key.
void add_health_routes(Router& router, Engine& engine);

// /_coffer/...: token, refresh, events and hidden subscriptions, for the command line.
void add_admin_routes(Router& router, Engine& engine, const Guard& guard);

struct TestControls {
  MovableClock& clock;
  RevokeGrant revoke_grant;
};

// /_coffer/clock and /_coffer/trigger. Only ever added when somebody asked for test controls.
void add_test_control_routes(Router& router, Engine& engine, const Guard& guard, TestControls controls);

}  // namespace coffer::api
