#pragma once

#include <functional>

#include "vault/engine/engine.h"

namespace coffer {

// Ends the grant that a refresh token belongs to, where it was given. False: it is not known there.
using RevokeGrant = std::function<bool(const Secret& refresh_token)>;

// Makes the real thing behind composio.connected_account.expired happen: the grant is revoked at
// the provider, by `revoke` or else by the provider's revocation endpoint; then its refresh token
// is presented, and the refusal expires the account. Returns when the event is in the outbox and a
// first delivery was tried. For test controls only.
// Throws NotFound, WrongState (not ACTIVE, or no refresh token), Unsupported (no revocation there).
void trigger_expiry(Engine& engine, const ConnectionId& id, const RevokeGrant& revoke);

}  // namespace coffer
