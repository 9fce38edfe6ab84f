#include "vault/refresh/refresher.h"

#include <exception>
#include <utility>

#include "vault/base/error.h"
#include "vault/refresh/attempt.h"
#include "vault/refresh/plan.h"
#include "vault/store/connection_store.h"

namespace coffer {
namespace {

using Kind = RefreshResult::Kind;
using Why = RefreshDemand::Why;

constexpr int kStoreAttempts = 3;
constexpr Duration kUnstoredWait = std::chrono::seconds(1);

// A joined refresh that found nothing to do has not served those who want one in any case.
bool wants_more(const RefreshDemand& demand, const RefreshResult& result) {
  return result.kind == Kind::Unchanged && demand.why == Why::Forced;
}

}  // namespace

std::string_view to_string(RefreshResult::Kind kind) {
  switch (kind) {
    case Kind::Refreshed:
      return "refreshed";
    case Kind::Unchanged:
      return "unchanged";
    case Kind::Rejected:
      return "rejected";
    case Kind::Postponed:
      return "postponed";
    case Kind::NotActive:
      return "not_active";
    case Kind::Absent:
      return "absent";
  }
  return "";
}

// One refresh under way; who comes meanwhile waits for it. Guarded by the refresher's mutex.
struct Refresher::Flight {
  bool has_landed = false;
  RefreshResult result;
  std::exception_ptr fault;
};

Refresher::Refresher(Env env, Database& database, const Catalog& catalog, MakeExpiredEvent make_event,
                     OnCommit on_commit, HostBound* bound)
    : env_(env),
      database_(database),
      catalog_(catalog),
      on_commit_(std::move(on_commit)),
      bound_(bound),
      tokens_(env),
      writer_(env, database, std::move(make_event)),
      pool_({.threads = 8, .per_key = 4}),
      loop_(env.clock, [this] { return step(); }) {}

Refresher::~Refresher() {
  stop();
}

void Refresher::start() {
  recover();
  loop_.start();
}

void Refresher::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  loop_.stop();
  pool_.stop();
  {
    std::unique_lock lock(mutex_);
    landed_.wait(lock, [this] { return flights_.empty(); });
  }
  store_unstored();
}

void Refresher::wake() {
  loop_.wake();
}

RefreshResult Refresher::refresh_now(const ConnectionId& id, bool force) {
  const RefreshDemand demand{force ? Why::Forced : Why::Needed};
  try {
    RefreshResult result = fly_for_caller(id, demand);
    if (force || result.kind != Kind::Postponed || !is_usable_still(id)) return result;
    return {Kind::Unchanged, std::move(result.detail), std::nullopt};
  } catch (const Error& error) {
    if (force || error.code() != ErrorCode::Storage || !is_usable_still(id)) throw;
    return {Kind::Unchanged, error.what(), std::nullopt};
  }
}

RefreshResult Refresher::refresh_after_401(const ConnectionId& id, std::int64_t seen_generation) {
  return fly_for_caller(id, {Why::Refused, seen_generation});
}

bool Refresher::expire(const ConnectionId& id, std::int64_t seen_generation,
                       const std::string& status_reason) {
  const bool has_expired = writer_.expire(id, seen_generation, status_reason);
  if (has_expired && on_commit_) on_commit_();
  return has_expired;
}

void Refresher::client_changed(const AuthConfigId& config) {
  writer_.unblock(config);
  wake();
}

bool Refresher::is_usable_still(const ConnectionId& id) {
  const auto connection = connection_store::find(*database_.read(), id);
  return connection && connection->status == ConnectionStatus::Active &&
         is_usable(connection->expires_at, env_.clock.now());
}

// Who waits for another's refresh waits for the provider as well, and holds a thread while it does.
RefreshResult Refresher::fly_for_caller(const ConnectionId& id, const RefreshDemand& demand) {
  const auto connection = connection_store::find(*database_.read(), id);
  const std::string place = connection ? refresh_place(catalog_, *connection) : "";
  if (bound_ == nullptr || place.empty()) return fly(id, demand);
  const auto room = bound_->try_enter(place);
  if (!room) return {Kind::Postponed, too_many_requests(place), std::nullopt};
  return fly(id, demand);
}

RefreshResult Refresher::fly(const ConnectionId& id, const RefreshDemand& demand) {
  for (;;) {
    std::unique_lock lock(mutex_);
    const auto found = flights_.find(id);
    if (found == flights_.end()) {
      if (stopping_) return {Kind::Postponed, "the vault is stopping", std::nullopt};
      const auto flight = flights_.emplace(id, std::make_shared<Flight>()).first->second;
      lock.unlock();
      return lead(id, demand, flight);
    }
    const auto flight = found->second;
    landed_.wait(lock, [&] { return flight->has_landed; });
    if (flight->fault) std::rethrow_exception(flight->fault);
    if (!wants_more(demand, flight->result)) return flight->result;
  }
}

RefreshResult Refresher::lead(const ConnectionId& id, const RefreshDemand& demand,
                              const std::shared_ptr<Flight>& flight) {
  RefreshResult result;
  std::exception_ptr fault;
  try {
    result = attempt(id, demand);
  } catch (...) {
    fault = std::current_exception();
  }
  {
    const std::lock_guard lock(mutex_);
    flight->result = result;
    flight->fault = fault;
    flight->has_landed = true;
    flights_.erase(id);
  }
  landed_.notify_all();
  if (fault) std::rethrow_exception(fault);
  if (result.kind == Kind::Rejected && on_commit_) on_commit_();
  return result;
}

RefreshResult Refresher::attempt(const ConnectionId& id, const RefreshDemand& demand) {
  if (auto unstored = take_unstored(id)) return store(std::move(*unstored));
  auto outcome = RefreshAttempt({env_, database_, catalog_, tokens_, writer_}, id, demand).run();
  if (auto* result = std::get_if<RefreshResult>(&outcome)) return std::move(*result);
  RefreshResult result = store(std::move(std::get<RefreshAnswer>(outcome)));
  const bool is_well = result.kind == Kind::Refreshed || result.kind == Kind::Unchanged;
  env_.log.write(is_well ? LogLevel::Info : LogLevel::Warning, "refresh",
                 {{"connected_account_id", id.str()},
                  {"result", std::string(to_string(result.kind))},
                  {"detail", result.detail}});
  return result;
}

// The provider's answer exists once: until the file has taken it, it stays here and no further
// request is made for this account.
RefreshResult Refresher::store(RefreshAnswer answer) {
  for (int i = 1;; ++i) {
    try {
      return writer_.write(answer);
    } catch (const Error& error) {
      if (i < kStoreAttempts) continue;
      env_.log.error("refresh_answer_not_stored",
                     {{"connected_account_id", answer.connection.str()}, {"reason", error.what()}});
      set_aside(answer.connection, kUnstoredWait);
      const std::lock_guard lock(mutex_);
      unstored_.insert_or_assign(answer.connection, std::move(answer));
      throw;
    }
  }
}

std::optional<RefreshAnswer> Refresher::take_unstored(const ConnectionId& id) {
  const std::lock_guard lock(mutex_);
  auto node = unstored_.extract(id);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

void Refresher::store_unstored() {
  std::map<ConnectionId, RefreshAnswer> answers;
  {
    const std::lock_guard lock(mutex_);
    answers.swap(unstored_);
  }
  for (auto& [id, answer] : answers) {
    try {
      store(std::move(answer));
    } catch (const std::exception&) {
      env_.log.error("refresh_answer_lost", {{"connected_account_id", id.str()}});
    }
  }
}

}  // namespace coffer
