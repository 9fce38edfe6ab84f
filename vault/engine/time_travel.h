#pragma once

#include "vault/engine/engine.h"

namespace coffer {

// Moves the clock forward from due event to due event, running what is due at each stop, so that
// a month of refreshes and deliveries happens in order. Returns when all of it has run and the
// clock stands at `target`. Throws InvalidArgument for a target in the past or over 10 years off.
void travel_to(Engine& engine, MovableClock& clock, Timestamp target);

}  // namespace coffer
