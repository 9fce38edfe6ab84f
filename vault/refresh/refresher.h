#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "vault/base/background_loop.h"
#include "vault/base/env.h"
#include "vault/catalog/catalog.h"
#include "vault/model/connection.h"
#include "vault/oauth/token_client.h"
#include "vault/store/database.h"

namespace coffer {

// What a refresh came to, for the caller and for all who waited with it.
struct RefreshResult {
  enum class Kind {
    Refreshed,
    Unchanged,    // nothing to do: fresh enough, does not expire, or somebody was faster
    Rejected,     // the account is EXPIRED now
    Postponed,    // throttled, unreachable, misconfigured: the account stays, a try is planned
    NotActive,
    Absent,
  };
  Kind kind = Kind::Unchanged;
  std::string detail;                 // for people; no secret
  std::optional<Timestamp> retry_at;  // with Postponed
};

// Keeps OAuth grants fresh. One token request per connection at a time; a durable intent before
// each; the answer is applied only where intent and generation are still the ones taken.
// Any thread.
class Refresher {
 public:
  // Called, outside all locks, after a commit that may have put an event in the outbox.
  using OnCommit = std::function<void()>;
  // Makes the JSON body of composio.connected_account.expired for this account (it is EXPIRED
  // already); called inside the transaction that expires it.
  using MakeExpiredEvent = std::function<std::string(Transaction&, const Connection&, const std::string& event_id)>;

  Refresher(Env env, Database& database, const Catalog& catalog, MakeExpiredEvent make_event, OnCommit on_commit);
  ~Refresher();  // stop()

  // Takes up what a crash left behind, then keeps running on a thread of its own.
  void start();
  // Lets token requests in flight end (their answers are stored), starts none.
  void stop();
  void wake();

  // Refreshes now if the token is not usable for another minute; `force`: in any case.
  // Joins a refresh of the same connection that is under way.
  RefreshResult refresh_now(const ConnectionId& id, bool force);

  // A 401 from the service proves that the access token of `seen_generation` is dead: refreshes
  // unless the generation has moved on already.
  RefreshResult refresh_after_401(const ConnectionId& id, std::int64_t seen_generation);

  // Ends the account as EXPIRED where it is ACTIVE still, with its event: for services that
  // refuse a stored credential which cannot be refreshed.
  bool expire(const ConnectionId& id, std::int64_t seen_generation, const std::string& status_reason);

  // Does all that is due; returns when the next refresh is due. Waits for requests under way.
  std::optional<Timestamp> run_due();

  // The ambiguous intents of a crash, each handled by its provider's rotation rule.
  void recover();

 private:
  struct Flight;
  RefreshResult fly(const ConnectionId& id, bool force, std::optional<std::int64_t> seen_generation);
  RefreshResult attempt(const ConnectionId& id, bool force, std::optional<std::int64_t> seen_generation);

  Env env_;
  Database& database_;
  const Catalog& catalog_;
  MakeExpiredEvent make_event_;
  OnCommit on_commit_;
  TokenClient tokens_;
  std::mutex mutex_;  // guards flights_ and stopping_
  std::condition_variable landed_;
  std::map<ConnectionId, std::shared_ptr<Flight>> flights_;
  bool stopping_ = false;
  BackgroundLoop loop_;
};

}  // namespace coffer
