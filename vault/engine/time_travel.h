#pragma once

#include <mutex>
#include <optional>

#include "vault/engine/engine.h"

namespace coffer {

// A move of the clock forward, from due event to due event, running what is due at each stop, so that
// a month of refreshes and deliveries happens in order. One at a time: whoever comes meanwhile waits,
// and counts from where the clock stands then.
class Journey {
 public:
  // By `by` from now, or to `to` if that is given, which must be no earlier. Throws InvalidArgument for
  // a target in the past or over 10 years off.
  Journey(Engine& engine, MovableClock& clock, Duration by, std::optional<Timestamp> to = std::nullopt);

  // Returns when all of it has run and the clock stands at the target.
  void run();

 private:
  Engine& engine_;
  MovableClock& clock_;
  const std::unique_lock<std::mutex> only_;
  Timestamp target_;
};

void travel_to(Engine& engine, MovableClock& clock, Timestamp target);

}  // namespace coffer
