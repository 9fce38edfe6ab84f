#pragma once

#include <exception>
#include <optional>
#include <variant>

#include "vault/base/env.h"
#include "vault/catalog/catalog.h"
#include "vault/model/auth_config.h"
#include "vault/model/token_set.h"
#include "vault/oauth/token_client.h"
#include "vault/refresh/outcome_writer.h"
#include "vault/refresh/result.h"
#include "vault/store/database.h"

namespace coffer {

// The provider behind the tokens of a toolkit's accounts with this scheme; nullptr if the catalog no longer
// has it.
const Provider* provider_of_toolkit(const Catalog& catalog, std::string_view toolkit, AuthScheme scheme);
// The URL that refreshes of this account go to; empty: there is none.
std::string refresh_place(const Catalog& catalog, const Connection& connection);

// One attempt to refresh one connection: decides whether to ask, commits the intent, asks. What
// comes back is the caller's to store. At most one attempt per connection may exist at a time.
class RefreshAttempt {
 public:
  struct Parts {
    Env env;
    Database& database;
    const Catalog& catalog;
    const TokenClient& tokens;
    OutcomeWriter& writer;
  };

  RefreshAttempt(Parts parts, ConnectionId id, RefreshDemand demand)
      : parts_(parts), id_(std::move(id)), demand_(demand) {}

  // Throws what the store throws, before anything was sent.
  std::variant<RefreshResult, RefreshAnswer> run();

 private:
  std::optional<RefreshResult> take();
  std::optional<RefreshResult> decide();
  std::optional<RefreshResult> without_refresh_token();
  std::optional<RefreshResult> hold_back();
  bool is_fresh() const;
  bool is_backing_off() const;
  RefreshResult settle(RefreshResult result, std::optional<Timestamp> next);
  RefreshOutcome ask();
  RefreshOutcome judged(RefreshOutcome outcome) const;
  bool mark_sent();
  bool try_mark_sent();
  std::optional<RefreshResult> second_thoughts(const std::optional<Connection>& connection,
                                               const std::optional<AuthConfig>& config) const;
  void claim_probe(WriteTransaction& tx, AuthConfig& config) const;
  refresh_journal::Intent replace_standing_intent(WriteTransaction& tx);

  Parts parts_;
  ConnectionId id_;
  RefreshDemand demand_;

  Connection connection_;
  TokenSet tokens_;
  bool has_tokens_ = false;  // another kind of credential otherwise
  std::optional<AuthConfig> config_;
  ClientCredentials client_;  // that the token request is made as
  const Provider* provider_ = nullptr;

  std::optional<refresh_journal::Intent> lost_;
  std::optional<refresh_journal::Intent> intent_;  // committed: the request may have left
  bool was_answered_ = false;                      // the standing intent is ours and was refused
  bool was_asked_twice_ = false;
  std::optional<RefreshResult> refusal_;  // why before_send said no
  std::exception_ptr fault_;              // what before_send met
};

}  // namespace coffer
