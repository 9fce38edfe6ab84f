#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "vault/base/background_loop.h"
#include "vault/base/env.h"
#include "vault/base/job_pool.h"
#include "vault/catalog/catalog.h"
#include "vault/model/connection.h"
#include "vault/net/host_bound.h"
#include "vault/oauth/token_client.h"
#include "vault/refresh/outcome_writer.h"
#include "vault/refresh/result.h"
#include "vault/store/database.h"

namespace coffer {

// Keeps OAuth grants fresh. One token request per connection at a time; a durable intent before
// each; the answer is applied only where intent and generation are still the ones taken.
// Any thread.
class Refresher {
 public:
  // Called, outside all locks, after a commit that may have put an event in the outbox.
  using OnCommit = std::function<void()>;
  // Makes the JSON body of composio.connected_account.expired for this account (it is EXPIRED
  // already); called inside the transaction that expires it.
  using MakeExpiredEvent = coffer::MakeExpiredEvent;

  Refresher(Env env, Database& database, const Catalog& catalog, MakeExpiredEvent make_event,
            OnCommit on_commit, HostBound* bound = nullptr);
  ~Refresher();  // stop()

  // Takes up what a crash left behind, then keeps running on a thread of its own.
  void start();
  // Lets token requests in flight end (their answers are stored), starts none.
  void stop();
  void wake();

  // Refreshes now if the token is not usable for another minute; `force`: in any case.
  // Joins a refresh of the same connection that is under way. A failure while the token is still
  // usable is Unchanged. Without a refresh token, an expired account ends here as EXPIRED.
  // Throws Storage and TamperedRow where the token is not usable. Postponed, with nothing sent and
  // nothing planned, where too many wait for the provider already; what is due needs no such place.
  RefreshResult refresh_now(const ConnectionId& id, bool force);

  // A 401 from the service proves that the access token of `seen_generation` is dead: refreshes
  // unless the generation has moved on already.
  RefreshResult refresh_after_401(const ConnectionId& id, std::int64_t seen_generation);

  // Ends the account as EXPIRED where it is ACTIVE still, with its event: for services that
  // refuse a stored credential which cannot be refreshed.
  bool expire(const ConnectionId& id, std::int64_t seen_generation, const std::string& status_reason);

  // The client of this auth config was changed: what its refusal held back is due at once.
  void client_changed(const AuthConfigId& config);

  // Does all that is due; returns when the next refresh is due. Waits for requests under way.
  std::optional<Timestamp> run_due();

  // The ambiguous intents of a crash, each planned by its provider's rotation rule: due now, or
  // when the access token nears its end. Sends nothing itself.
  void recover();

 private:
  struct Flight;
  RefreshResult fly_for_caller(const ConnectionId& id, const RefreshDemand& demand);
  RefreshResult fly(const ConnectionId& id, const RefreshDemand& demand);
  RefreshResult lead(const ConnectionId& id, const RefreshDemand& demand,
                     const std::shared_ptr<Flight>& flight);
  RefreshResult attempt(const ConnectionId& id, const RefreshDemand& demand);
  RefreshResult store(RefreshAnswer answer);
  std::optional<RefreshAnswer> take_unstored(const ConnectionId& id);
  bool is_usable_still(const ConnectionId& id);

  std::size_t launch_due();
  void launch(const ConnectionId& id, const std::string& key);
  void run_scheduled(const ConnectionId& id);
  void set_aside(const ConnectionId& id, Duration wait);
  std::vector<ConnectionId> due_now();
  std::optional<Timestamp> next_wake_up();
  std::optional<Timestamp> step();
  void store_unstored();
  void recover(WriteTransaction& tx, const refresh_journal::Intent& intent);

  Env env_;
  Database& database_;
  const Catalog& catalog_;
  OnCommit on_commit_;
  HostBound* const bound_;  // of callers' threads; null: none
  TokenClient tokens_;
  OutcomeWriter writer_;

  std::mutex launching_;  // so that who finds nothing more that is due finds the pool at work on it
  std::mutex mutex_;      // guards all down to unstored_
  std::condition_variable landed_;
  std::map<ConnectionId, std::shared_ptr<Flight>> flights_;
  bool stopping_ = false;
  std::set<ConnectionId> queued_;                   // handed to pool_
  std::map<ConnectionId, Timestamp> aside_;         // due, but not before this moment
  std::map<ConnectionId, RefreshAnswer> unstored_;  // answers that the file did not take yet

  JobPool pool_;
  BackgroundLoop loop_;
};

}  // namespace coffer
