#pragma once

#include <string>

#include "vault/oauth/outcome.h"

namespace coffer::testing {

inline std::string after(const std::optional<Duration>& wait) {
  return wait ? " after " + std::to_string(wait->count() / 1000) + " s" : "";
}

// One line per outcome, so that tables can be compared at a glance.
struct OutcomeText {
  std::string operator()(const Refreshed&) const { return "refreshed"; }
  std::string operator()(const Rejected& o) const {
    return "rejected " + o.error + (o.user_must_act ? ", user must act" : "");
  }
  std::string operator()(const Misconfigured& o) const { return "misconfigured " + o.error; }
  std::string operator()(const Throttled& o) const {
    return std::string(o.is_policy ? "forbidden" : "throttled") + after(o.retry_after);
  }
  std::string operator()(const Transient& o) const {
    return std::string(o.is_lost           ? "lost"
                       : o.maybe_processed ? "ambiguous"
                                           : "unprocessed") +
           after(o.retry_after);
  }
};

inline std::string text_of(const RefreshOutcome& outcome) {
  return std::visit(OutcomeText(), outcome);
}

}  // namespace coffer::testing
