#include "vault/events/delivery_plan.h"

#include <array>

namespace coffer {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<Duration, kDeliveryAttempts> kWaits = {seconds(0), seconds(5), minutes(5), minutes(30),
                                                            hours(2),   hours(5),   hours(10),  hours(14),
                                                            hours(20),  hours(24)};

}  // namespace

std::optional<Duration> delivery_wait(int attempts, Random& random) {
  if (attempts < 0 || attempts >= kDeliveryAttempts) return std::nullopt;
  const Duration wait = kWaits[static_cast<std::size_t>(attempts)];
  const auto jitter_percent = static_cast<std::int64_t>(random_below(random, 41)) - 20;
  return wait + wait * jitter_percent / 100;
}

}  // namespace coffer
