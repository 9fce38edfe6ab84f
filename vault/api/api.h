#pragma once

#include <functional>
#include <optional>

#include "vault/base/clock.h"
#include "vault/engine/engine.h"
#include "vault/engine/trigger.h"
#include "vault/net/http_server.h"

namespace coffer {

struct ApiOptions {
  // The clock that /_coffer/clock moves. Null: the test controls (clock, trigger) are absent.
  MovableClock* movable_clock = nullptr;
  RevokeGrant revoke_grant;  // of the trigger; may be empty
};

// Every route of the daemon: /api/v3, /api/v3.1, the first SDKs' /v1 and /v2, MCP, /link,
// /oauth/callback, /_coffer, health. The handler checks Host, Origin and API key, logs one line
// per request and turns errors into the dialect's own; `engine` outlives it.
ServerHandler make_api(Engine& engine, const ApiOptions& options);

// What the HTTP front refuses before a route is looked for, in the words of the path's dialect.
ServerResponse refusal_answer(const ServerRequest& request, const Refusal& refusal);

}  // namespace coffer
