#include "vault/refresh/client_health.h"

#include <algorithm>

namespace coffer {
namespace {

constexpr Duration kFirstBlock = std::chrono::minutes(15);
constexpr Duration kLongestBlock = std::chrono::hours(6);
constexpr Duration kServedLately = std::chrono::hours(1);

}  // namespace

std::optional<Timestamp> ClientHealth::refused(const AuthConfigId& config, std::string_view error,
                                               Timestamp now) {
  const std::lock_guard lock(mutex_);
  State& state = states_[config];
  const bool was_served = state.served_at && now - *state.served_at <= kServedLately;
  if (was_served && error != "invalid_client") return std::nullopt;
  if (state.blocked_until && now < *state.blocked_until) return state.blocked_until;
  state.last_block = std::clamp<Duration>(state.last_block * 2, kFirstBlock, kLongestBlock);
  state.blocked_until = now + state.last_block;
  return state.blocked_until;
}

void ClientHealth::served(const AuthConfigId& config, Timestamp now) {
  const std::lock_guard lock(mutex_);
  states_[config] = State{Duration::zero(), std::nullopt, now};
}

void ClientHealth::forget(const AuthConfigId& config) {
  const std::lock_guard lock(mutex_);
  states_.erase(config);
}

}  // namespace coffer
