#pragma once

#include <cstdint>
#include <optional>

#include "vault/base/clock.h"
#include "vault/base/random.h"
#include "vault/model/connection.h"
#include "vault/model/provider.h"
#include "vault/model/token_set.h"

namespace coffer {

// When to refresh a token that was asked for at `sent_at` and lives until `expires_at`: before
// its end by 15 % of its life and at least 5 minutes (at 60 % of lives under 15 minutes), minus
// a jitter of 0-10 % that depends on the connection alone, so that a crowd spreads out. Where the
// provider takes a refresh only within `latest_lead` of the end: well within that.
Timestamp refresh_at(Timestamp sent_at, Timestamp expires_at, const ConnectionId& connection,
                     std::optional<Duration> latest_lead = std::nullopt);

// When the next refresh is due for this grant: for the access token, or before the refresh token's
// own end where that comes first. An end within 15 minutes does not count: the provider did not move
// it by the last refresh. nullopt: never (no end is known, or there is nothing to refresh with).
std::optional<Timestamp> next_refresh_of(const TokenSet& tokens, Timestamp sent_at,
                                         const ConnectionId& connection,
                                         std::optional<Duration> latest_lead = std::nullopt);

// A token within its last minute counts as in need of a refresh.
inline constexpr Duration kLastMinute = std::chrono::minutes(1);

// The wait before the next try after `failures` in a row: random between 2 s and a ceiling that
// triples with each failure up to `cap`.
Duration backoff(std::int64_t failures, Random& random, Duration cap = std::chrono::minutes(15));

// The same after failures that often pass at once: 1 s, 3 s, then backoff.
Duration retry_wait(std::int64_t failures, Random& random);

// Whether a token with this expiry may still be handed out.
bool is_usable(std::optional<Timestamp> expires_at, Timestamp now);

// What to do with a refresh whose answer was lost (docs/refresh.md, "After a crash").
struct RecoveryDecision {
  bool present_now = false;           // else keep serving the access token until it nears its end
  std::optional<Timestamp> retry_at;  // when present_now is false; absent: it does not end
};
RecoveryDecision recover_lost_response(const Provider& provider, Timestamp sent_at,
                                       std::optional<Timestamp> access_expires_at, Timestamp now);

}  // namespace coffer
