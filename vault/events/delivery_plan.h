#pragma once

#include <optional>

#include "vault/base/clock.h"
#include "vault/base/random.h"

namespace coffer {

inline constexpr int kDeliveryAttempts = 10;

// The wait after `attempts` failed attempts: Standard Webhooks' schedule (0, 5 s, 5 min, 30 min,
// 2, 5, 10, 14, 20, 24 h) with 20 % jitter either way. nullopt: there is no further attempt.
std::optional<Duration> delivery_wait(int attempts, Random& random);

}  // namespace coffer
