#pragma once

#include <functional>
#include <optional>

#include "vault/base/clock.h"
#include "vault/engine/engine.h"
#include "vault/net/router.h"

namespace coffer {

struct ApiOptions {
  // The clock that /_coffer/clock moves; null: the route is absent.
  MovableClock* movable_clock = nullptr;
  bool test_controls = false;  // /_coffer/trigger
};

// Every route of the daemon: /api/v3, /api/v3.1, /link, /oauth/callback, /_coffer, health. The
// handler checks Host, Origin and API key, logs one line per request and turns errors into
// envelopes; `engine` outlives it.
Handler make_api(Engine& engine, ApiOptions options);

}  // namespace coffer
