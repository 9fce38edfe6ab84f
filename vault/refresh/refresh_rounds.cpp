// The scheduled half of Refresher: what is due, who waits, what a crash left behind.
#include <algorithm>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/refresh/attempt.h"
#include "vault/refresh/plan.h"
#include "vault/refresh/refresher.h"
#include "vault/store/connection_store.h"
#include "vault/store/refresh_journal.h"

namespace coffer {
namespace {

constexpr std::int64_t kBatch = 64;
constexpr std::size_t kMostQueued = 256;
constexpr Duration kStillDueWait = std::chrono::seconds(5);
constexpr Duration kFaultWait = std::chrono::minutes(5);
constexpr Duration kPoll = std::chrono::seconds(1);  // while rows that are due are being worked on

}  // namespace

std::optional<Timestamp> Refresher::run_due() {
  std::size_t launched = 0;
  do {
    launched = launch_due();
    pool_.wait_idle();
  } while (launched > 0);
  return next_wake_up();
}

std::optional<Timestamp> Refresher::step() {
  try {
    launch_due();
    return next_wake_up();
  } catch (const std::exception& error) {
    env_.log.error("refresh_round_failed", {{"reason", error.what()}});
    return env_.clock.now() + kStillDueWait;
  }
}

std::size_t Refresher::launch_due() {
  const std::lock_guard lock(launching_);
  std::size_t launched = 0;
  for (const ConnectionId& id : due_now()) {
    try {
      const auto connection = connection_store::find(*database_.read(), id);
      launch(id, connection ? host_of(refresh_place(catalog_, *connection)).value_or("") : "");
      ++launched;
    } catch (const Error& error) {
      env_.log.error("refresh_impossible", {{"connected_account_id", id.str()}, {"reason", error.what()}});
      set_aside(id, kFaultWait);
    }
  }
  return launched;
}

// Rows under way or set aside are skipped; asking for as many more keeps them from hiding others.
std::vector<ConnectionId> Refresher::due_now() {
  const Timestamp now = env_.clock.now();
  std::size_t skipped = 0;
  std::vector<ConnectionId> ids;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queued_.size() >= kMostQueued) return {};
    std::erase_if(aside_, [&](const auto& entry) { return entry.second <= now; });
    skipped = queued_.size() + aside_.size();
    for (const auto& entry : unstored_) ids.push_back(entry.first);
  }
  const auto due = connection_store::due(*database_.read(), now, kBatch + static_cast<std::int64_t>(skipped));
  ids.insert(ids.end(), due.begin(), due.end());
  const std::lock_guard lock(mutex_);
  std::set<ConnectionId> seen;
  std::erase_if(ids, [&](const ConnectionId& id) {
    return queued_.contains(id) || aside_.contains(id) || !seen.insert(id).second;
  });
  return ids;
}

void Refresher::launch(const ConnectionId& id, const std::string& key) {
  {
    const std::lock_guard lock(mutex_);
    if (!queued_.insert(id).second) return;
  }
  bool is_taken = false;
  try {
    is_taken = pool_.submit(key, [this, id] { run_scheduled(id); });
  } catch (const std::exception& error) {
    env_.log.error("refresh_thread_missing", {{"reason", error.what()}});
  }
  if (is_taken) return;
  const std::lock_guard lock(mutex_);
  queued_.erase(id);
}

void Refresher::run_scheduled(const ConnectionId& id) {
  try {
    fly(id, {RefreshDemand::Why::Scheduled});
    const auto connection = connection_store::find(*database_.read(), id);
    const auto next = connection ? connection->next_refresh_at : std::nullopt;
    if (next && *next <= env_.clock.now()) set_aside(id, kStillDueWait);
  } catch (const std::exception& error) {
    env_.log.error("refresh_impossible", {{"connected_account_id", id.str()}, {"reason", error.what()}});
    set_aside(id, kFaultWait);
  }
  {
    const std::lock_guard lock(mutex_);
    queued_.erase(id);
  }
  loop_.wake();
}

// Keeps an earlier date, if there is one.
void Refresher::set_aside(const ConnectionId& id, Duration wait) {
  const std::lock_guard lock(mutex_);
  aside_.emplace(id, env_.clock.now() + wait);
}

std::optional<Timestamp> Refresher::next_wake_up() {
  const Timestamp now = env_.clock.now();
  std::optional<Timestamp> next = connection_store::next_refresh_at(*database_.read());
  const std::lock_guard lock(mutex_);
  const bool has_overdue = next && *next <= now;
  if (has_overdue && !queued_.empty()) return now + kPoll;
  if (has_overdue) next = std::nullopt;
  for (const auto& [id, moment] : aside_) {
    if (!next || moment < *next) next = moment;
  }
  if (has_overdue && !next) return now + kPoll;
  return next ? std::optional(std::max(*next, now + Duration(1))) : std::nullopt;
}

void Refresher::recover() {
  const auto tx = database_.write();
  for (const auto& intent : refresh_journal::unfinished(*tx)) {
    try {
      recover(*tx, intent);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::TamperedRow) throw;
      env_.log.error("refresh_impossible",
                     {{"connected_account_id", intent.connection.str()}, {"reason", error.what()}});
    }
  }
  tx->commit();
}

void Refresher::recover(WriteTransaction& tx, const refresh_journal::Intent& intent) {
  auto connection = connection_store::find(tx, intent.connection);
  const bool is_ours = connection && connection->generation == intent.generation;
  if (!is_ours || connection->status == ConnectionStatus::Expired) {
    refresh_journal::clear(tx, intent);
    return;
  }
  const Provider* provider = provider_of_toolkit(catalog_, connection->toolkit, connection->scheme);
  if (connection->status != ConnectionStatus::Active || provider == nullptr) return;
  const Timestamp now = env_.clock.now();
  const auto decision = recover_lost_response(*provider, intent.sent_at, connection->expires_at, now);
  connection->next_refresh_at = decision.present_now ? std::optional(now) : decision.retry_at;
  connection_store::update(tx, *connection);
}

}  // namespace coffer
