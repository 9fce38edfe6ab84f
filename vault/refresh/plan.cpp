#include "vault/refresh/plan.h"

#include <algorithm>

namespace coffer {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kShortLife = minutes(15);
constexpr Duration kLeastLead = minutes(5);
constexpr Duration kBackoffBase = seconds(2);

// FNV-1a: the same connection gets the same share on every machine and after every restart.
std::int64_t per_mille_of(const ConnectionId& connection, std::int64_t bound) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : connection.str()) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return static_cast<std::int64_t>((hash >> 20) % static_cast<std::uint64_t>(bound + 1));
}

Duration wait_before_refresh(Duration lifetime) {
  if (lifetime < kShortLife) return lifetime * 60 / 100;
  return lifetime - std::max<Duration>(lifetime * 15 / 100, kLeastLead);
}

}  // namespace

Timestamp refresh_at(Timestamp sent_at, Timestamp expires_at, const ConnectionId& connection,
                     std::optional<Duration> latest_lead) {
  if (latest_lead) {
    // The provider counts from a later moment than we do: a quarter of the time is for that.
    const Duration lead = *latest_lead * 3 / 4;
    return std::max(sent_at, expires_at - lead + lead * per_mille_of(connection, 300) / 1000);
  }
  const Duration lifetime = std::max(expires_at - sent_at, Duration::zero());
  const Duration wait = wait_before_refresh(lifetime);
  return sent_at + wait - wait * per_mille_of(connection, 100) / 1000;
}

std::optional<Timestamp> next_refresh_of(const TokenSet& tokens, Timestamp sent_at,
                                         const ConnectionId& connection,
                                         std::optional<Duration> latest_lead) {
  if (!is_renewable(tokens)) return std::nullopt;
  std::optional<Timestamp> next;
  if (tokens.expires_at) next = refresh_at(sent_at, *tokens.expires_at, connection, latest_lead);
  const auto end = tokens.refresh_expires_at;
  if (latest_lead || !end || *end - sent_at < kShortLife) return next;
  const Timestamp while_it_lives = refresh_at(sent_at, *end, connection);
  return next ? std::min(*next, while_it_lives) : while_it_lives;
}

Duration backoff(std::int64_t failures, Random& random, Duration cap) {
  Duration ceiling = kBackoffBase;
  for (std::int64_t i = 0; i < failures && ceiling < cap; ++i) ceiling *= 3;
  ceiling = std::min(ceiling, cap);
  const auto spread = static_cast<std::uint64_t>((ceiling - kBackoffBase).count());
  return kBackoffBase + Duration(static_cast<std::int64_t>(random_below(random, spread + 1)));
}

Duration retry_wait(std::int64_t failures, Random& random) {
  if (failures <= 1) return seconds(1);
  if (failures == 2) return seconds(3);
  return backoff(failures - 2, random);
}

bool is_usable(std::optional<Timestamp> expires_at, Timestamp now) {
  return !expires_at || now < *expires_at;
}

RecoveryDecision recover_lost_response(const Provider& provider, Timestamp sent_at,
                                       std::optional<Timestamp> access_expires_at, Timestamp now) {
  const bool in_grace =
      provider.rotation == Provider::Rotation::Grace && now - sent_at <= provider.rotation_grace;
  if (provider.rotation == Provider::Rotation::None || in_grace) return {true, std::nullopt};
  if (!access_expires_at) return {false, std::nullopt};
  const Timestamp last_moment = *access_expires_at - kLastMinute;
  if (now >= last_moment) return {true, std::nullopt};
  return {false, last_moment};
}

}  // namespace coffer
