#include "vault/engine/time_travel.h"

#include "vault/base/error.h"

namespace coffer {
namespace {

constexpr Duration kFurthest = std::chrono::hours(24 * 365 * 10);
// A step that leaves something due at once, again and again, must not hold the caller for ever.
constexpr int kMaxIdleRounds = 1000;

}  // namespace

void travel_to(Engine& engine, MovableClock& clock, Timestamp target) {
  const Timestamp start = clock.now();
  if (target < start || target - start > kFurthest) {
    throw Error(ErrorCode::InvalidArgument, "the clock cannot move to " + to_rfc3339(target),
                "name a moment after " + to_rfc3339(start) + " and at most 10 years later");
  }
  int idle_rounds = 0;
  for (auto next = engine.run_due(); next && *next <= target; next = engine.run_due()) {
    if (*next > clock.now()) {
      clock.set(*next);
      idle_rounds = 0;
    } else if (++idle_rounds > kMaxIdleRounds) {
      break;
    }
  }
  if (clock.now() < target) clock.set(target);
  engine.run_due();
}

}  // namespace coffer
