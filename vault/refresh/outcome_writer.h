#pragma once

#include <functional>
#include <optional>
#include <string>

#include "vault/base/env.h"
#include "vault/model/connection.h"
#include "vault/model/provider.h"
#include "vault/oauth/outcome.h"
#include "vault/refresh/client_health.h"
#include "vault/refresh/result.h"
#include "vault/store/database.h"
#include "vault/store/refresh_journal.h"

namespace coffer {

// How one attempt ended, with all that is needed to store it, so that storing can be repeated.
struct RefreshAnswer {
  ConnectionId connection;
  AuthConfigId auth_config;
  std::int64_t generation = 0;  // of the credential that was taken
  Secret presented;             // the refresh token
  const Provider* provider = nullptr;
  std::optional<refresh_journal::Intent> intent;  // absent: nothing was sent
  std::optional<refresh_journal::Intent> lost;    // an earlier presentation without an answer
  RefreshOutcome outcome;
  ClientCredentials own_client = {};  // of the credential itself; no id: the auth config's
  bool is_client_grant = false;
  std::optional<Timestamp> presented_until = {};  // the refresh token's own end
};

// Makes the body of the expired event for an account that is EXPIRED already; called inside the
// transaction that expires it.
using MakeExpiredEvent =
    std::function<std::string(Transaction&, const Connection&, const std::string& event_id)>;

// Turns outcomes into rows, one transaction each: fence, credential or plan, event, audit.
// Any thread. Throws what the store throws; then nothing was written.
class OutcomeWriter {
 public:
  OutcomeWriter(Env env, Database& database, MakeExpiredEvent make_event)
      : env_(env), database_(database), make_event_(std::move(make_event)) {}

  // Drops the answer, and says Unchanged, where intent or generation are no longer the ones taken.
  RefreshResult write(const RefreshAnswer& answer);

  // ACTIVE -> EXPIRED with its event. False: not ACTIVE, or the generation has moved on.
  bool expire(const ConnectionId& id, std::int64_t seen_generation, const std::string& status_reason);

  // Plans the next refresh where the generation is unchanged; nullopt: none.
  void plan(const ConnectionId& id, std::int64_t generation, std::optional<Timestamp> next);

  // The client of this auth config was changed: its accounts may try again at once.
  void unblock(const AuthConfigId& config);

 private:
  RefreshResult apply(WriteTransaction& tx, const RefreshAnswer& answer, Connection& connection,
                      const Refreshed& outcome);
  RefreshResult apply(WriteTransaction& tx, const RefreshAnswer& answer, Connection& connection,
                      const Rejected& outcome);
  RefreshResult apply(WriteTransaction& tx, const RefreshAnswer& answer, Connection& connection,
                      const Misconfigured& outcome);
  RefreshResult apply(WriteTransaction& tx, const RefreshAnswer& answer, Connection& connection,
                      const Throttled& outcome);
  RefreshResult apply(WriteTransaction& tx, const RefreshAnswer& answer, Connection& connection,
                      const Transient& outcome);
  void end_active(WriteTransaction& tx, Connection& connection, std::string_view status_reason);
  RefreshResult postpone(WriteTransaction& tx, Connection& connection, RefreshState state,
                         std::optional<Timestamp> next, std::string detail);
  void mark_served(WriteTransaction& tx, const AuthConfigId& config);
  std::optional<Timestamp> block(WriteTransaction& tx, const AuthConfigId& config, std::string_view error);

  Env env_;
  Database& database_;
  MakeExpiredEvent make_event_;
  ClientHealth health_;
};

}  // namespace coffer
