#pragma once

#include "vault/engine/engine.h"

namespace coffer {

// Makes the real thing behind composio.connected_account.expired happen: the grant's refresh
// token is revoked at the provider, then presented, and the refusal expires the account. Returns
// when the event is in the outbox and a first delivery was tried. For test controls only.
// Throws NotFound, WrongState (not ACTIVE), Unsupported (no refresh token, or no revocation there).
void trigger_expiry(Engine& engine, const ConnectionId& id);

}  // namespace coffer
