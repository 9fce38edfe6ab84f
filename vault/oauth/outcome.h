#pragma once

#include <optional>
#include <string>
#include <variant>

#include "vault/model/token_set.h"

namespace coffer {

// What one token request brought, as the vault must act on it (docs/refresh.md has the table).

struct Refreshed {
  TokenSet tokens;
};
// A definite refusal of this grant: the user has to connect again.
struct Rejected {
  std::string error;           // RFC 6749 section 5.2, after the provider's aliases
  bool user_must_act = false;  // interaction_required and its kin, rather than a dead token
};
// The provider refuses our client or our request: no user's fault, none is expired.
struct Misconfigured {
  std::string error;
};
// Not processed; try later.
struct Throttled {
  std::optional<Duration> retry_after;
  bool is_policy = false;  // a 403 that is no OAuth answer: a firewall or the like; waits grow to 24 h
};
// Did not get through, or the answer is of no use. `maybe_processed`: the refresh token may have
// been rotated all the same. `is_lost`: moreover no complete answer arrived, so that presenting
// the token again follows the provider's rotation rule.
struct Transient {
  std::string detail;
  bool maybe_processed = false;
  bool is_lost = false;
  std::optional<Duration> retry_after;
};

using RefreshOutcome = std::variant<Refreshed, Rejected, Misconfigured, Throttled, Transient>;

}  // namespace coffer
