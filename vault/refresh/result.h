#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vault/base/clock.h"

namespace coffer {

// What a refresh came to, for the caller and for all who waited with it.
struct RefreshResult {
  enum class Kind {
    Refreshed,
    Unchanged,  // nothing to do: fresh enough, does not expire, or somebody was faster
    Rejected,   // the account is EXPIRED now
    Postponed,  // throttled, unreachable, misconfigured: the account stays, a try is planned
    NotActive,
    Absent,
  };
  Kind kind = Kind::Unchanged;
  std::string detail;                 // for people; no secret
  std::optional<Timestamp> retry_at;  // with Postponed
};

std::string_view to_string(RefreshResult::Kind kind);

// Why a refresh is asked for.
struct RefreshDemand {
  enum class Why {
    Scheduled,  // it is due
    Needed,     // somebody is about to use the token
    Forced,     // a person wants it, due or not
    Refused,    // the service refused the access token of `seen_generation`
  };
  Why why = Why::Scheduled;
  std::int64_t seen_generation = 0;
};

}  // namespace coffer
