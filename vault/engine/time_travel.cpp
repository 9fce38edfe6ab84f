#include "vault/engine/time_travel.h"

#include "vault/base/error.h"

namespace coffer {
namespace {

constexpr Duration kFurthest = std::chrono::hours(24 * 365 * 10);
// A step that leaves something due at once, again and again, must not hold the caller for ever.
constexpr int kMaxIdleRounds = 1000;

Timestamp checked(Timestamp start, Duration by, std::optional<Timestamp> to) {
  if (by < Duration::zero() || by > kFurthest) {
    throw Error(ErrorCode::InvalidArgument, "the clock cannot move that far", "move it by 10 years at most");
  }
  const Timestamp target = to.value_or(start + by);
  if (target >= start + by && target - start <= kFurthest) return target;
  throw Error(ErrorCode::InvalidArgument, "the clock cannot move to " + to_rfc3339(target),
              "name a moment after " + to_rfc3339(start + by) + " and at most 10 years later");
}

}  // namespace

Journey::Journey(Engine& engine, MovableClock& clock, Duration by, std::optional<Timestamp> to)
    : engine_(engine), clock_(clock), only_(engine.travelling()), target_(checked(clock.now(), by, to)) {}

void Journey::run() {
  int idle_rounds = 0;
  for (auto next = engine_.run_due(); next && *next <= target_; next = engine_.run_due()) {
    if (*next > clock_.now()) {
      clock_.set(*next);
      idle_rounds = 0;
    } else if (++idle_rounds > kMaxIdleRounds) {
      break;
    }
  }
  if (clock_.now() < target_) clock_.set(target_);
  engine_.run_due();
}

void travel_to(Engine& engine, MovableClock& clock, Timestamp target) {
  Journey(engine, clock, Duration::zero(), target).run();
}

}  // namespace coffer
