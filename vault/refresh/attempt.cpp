#include "vault/refresh/attempt.h"

#include <algorithm>
#include <utility>

#include "vault/model/lifecycle.h"
#include "vault/refresh/plan.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"

namespace coffer {
namespace {

using Kind = RefreshResult::Kind;
using Why = RefreshDemand::Why;

// For faults of our own configuration, which time alone does not mend.
constexpr Duration kLocalFaultWait = std::chrono::minutes(15);
// While one account tries a client that was refused before, the others wait.
constexpr Duration kProbeTime = std::chrono::minutes(2);

RefreshResult unchanged(std::string detail) {
  return {Kind::Unchanged, std::move(detail), std::nullopt};
}
RefreshResult postponed(std::string detail, std::optional<Timestamp> retry_at) {
  return {Kind::Postponed, std::move(detail), retry_at};
}

bool is_blocked(const AuthConfig& config, Timestamp now) {
  return config.blocked_until && now < *config.blocked_until;
}

bool is_scope_fault(const RefreshOutcome& outcome) {
  const auto* fault = std::get_if<Misconfigured>(&outcome);
  return fault != nullptr && (fault->error == "invalid_scope" || fault->error == "invalid_target");
}

}  // namespace

const Provider* provider_of_toolkit(const Catalog& catalog, std::string_view slug, AuthScheme scheme) {
  const Toolkit* toolkit = catalog.find_toolkit(slug);
  const AuthMode* mode = toolkit == nullptr ? nullptr : toolkit->find_auth(scheme);
  return mode == nullptr ? nullptr : catalog.find_provider(mode->provider);
}

std::string refresh_place(const Catalog& catalog, const Connection& connection) {
  const Provider* provider = provider_of_toolkit(catalog, connection.toolkit, connection.scheme);
  return provider == nullptr ? "" : provider->refresh_place();
}

std::variant<RefreshResult, RefreshAnswer> RefreshAttempt::run() {
  if (auto result = take()) return std::move(*result);
  if (auto result = decide()) return std::move(*result);
  RefreshOutcome outcome = judged(ask());
  if (fault_) std::rethrow_exception(fault_);
  if (refusal_) {
    return refusal_->kind == Kind::Postponed ? settle(*refusal_, refusal_->retry_at) : std::move(*refusal_);
  }
  if (auto* transient = std::get_if<Transient>(&outcome); transient != nullptr && was_asked_twice_) {
    transient->maybe_processed = transient->is_lost = true;
  }
  return RefreshAnswer{id_,
                       connection_.auth_config,
                       connection_.generation,
                       std::move(tokens_.refresh_token),
                       provider_,
                       std::move(intent_),
                       std::move(lost_),
                       std::move(outcome),
                       std::move(tokens_.client),
                       tokens_.is_client_grant,
                       tokens_.refresh_expires_at};
}

std::optional<RefreshResult> RefreshAttempt::take() {
  const auto tx = parts_.database.read();
  auto opened = connection_store::open(*tx, id_);
  if (!opened) return RefreshResult{Kind::Absent, "no such account", std::nullopt};
  connection_ = std::move(opened->connection);
  auto* tokens = std::get_if<TokenSet>(&opened->credential);
  if (tokens != nullptr) tokens_ = std::move(*tokens);
  has_tokens_ = tokens != nullptr;
  config_ = auth_config_store::find(*tx, connection_.auth_config);
  if (config_) client_ = auth_config_store::open_client(*tx, config_->id);
  if (!tokens_.client.client_id.empty()) {
    client_ = {tokens_.client.client_id, tokens_.client.client_secret.clone()};
  }
  provider_ = provider_of_toolkit(parts_.catalog, connection_.toolkit, connection_.scheme);
  return std::nullopt;
}

std::optional<RefreshResult> RefreshAttempt::decide() {
  if (connection_.status != ConnectionStatus::Active) {
    return settle({Kind::NotActive, "the account is not ACTIVE", std::nullopt}, std::nullopt);
  }
  if (!has_tokens_) return settle(unchanged("this kind of credential does not expire"), std::nullopt);
  if (demand_.why == Why::Refused && connection_.generation != demand_.seen_generation) {
    return unchanged("the token was replaced already");
  }
  if (demand_.why == Why::Needed && is_fresh()) return unchanged("the token is fresh enough");
  if (!is_renewable(tokens_)) return without_refresh_token();
  return hold_back();
}

std::optional<RefreshResult> RefreshAttempt::without_refresh_token() {
  const bool is_wanted = demand_.why == Why::Needed || demand_.why == Why::Forced;
  if (is_wanted && !is_usable(connection_.expires_at, parts_.env.clock.now())) {
    const std::string why(reason::kNoRefreshToken);
    if (parts_.writer.expire(id_, connection_.generation, why))
      return RefreshResult{Kind::Rejected, why, std::nullopt};
  }
  return settle(unchanged("the provider gave no refresh token"), std::nullopt);
}

std::optional<RefreshResult> RefreshAttempt::hold_back() {
  const Timestamp now = parts_.env.clock.now();
  if (!config_ || provider_ == nullptr) {
    const Timestamp later = now + kLocalFaultWait;
    return settle(postponed("its auth config, toolkit or provider is gone", later), later);
  }
  const auto next = connection_.next_refresh_at;
  const bool is_early = next && now < *next;
  if (demand_.why == Why::Scheduled && (!next || is_early)) return unchanged("not due");
  if (demand_.why == Why::Forced) return std::nullopt;
  if (is_early && is_backing_off()) return postponed("the last refresh failed", next);
  if (!is_blocked(*config_, now)) return std::nullopt;
  return settle(postponed("the provider refuses the OAuth client", config_->blocked_until),
                config_->blocked_until);
}

// A lost answer that waits for the token's last minute is no backoff: a 401 ends that wait. Nor is
// the wait for a client that is refused: a change of the client ends it.
bool RefreshAttempt::is_backing_off() const {
  if (connection_.refresh_state == RefreshState::Backoff) return true;
  const bool is_parked =
      connection_.expires_at && connection_.next_refresh_at == *connection_.expires_at - kLastMinute;
  return connection_.refresh_state == RefreshState::Sent && connection_.failures > 0 && !is_parked;
}

// A token of a short life is within its last minute for most of it: there the plan decides.
bool RefreshAttempt::is_fresh() const {
  const Timestamp now = parts_.env.clock.now();
  if (is_usable(connection_.expires_at, now + kLastMinute)) return true;
  const bool is_planned = connection_.refresh_state == RefreshState::Idle && connection_.failures == 0 &&
                          connection_.next_refresh_at && now < *connection_.next_refresh_at;
  return is_planned && is_usable(connection_.expires_at, now);
}

// A due row whose refresh does not take place gets another date, or it would stay due for ever.
RefreshResult RefreshAttempt::settle(RefreshResult result, std::optional<Timestamp> next) {
  if (connection_.next_refresh_at && *connection_.next_refresh_at <= parts_.env.clock.now()) {
    parts_.writer.plan(id_, connection_.generation, next);
  }
  return result;
}

// A client of the auth config concerns all of its accounts; one of this account alone, nobody else.
RefreshOutcome RefreshAttempt::judged(RefreshOutcome outcome) const {
  const auto* fault = std::get_if<Misconfigured>(&outcome);
  const bool is_of_client =
      fault != nullptr && (fault->error == "invalid_client" || fault->error == "unauthorized_client");
  if (!is_of_client || tokens_.client.client_id.empty()) return outcome;
  return Rejected{fault->error};
}

RefreshOutcome RefreshAttempt::ask() {
  const auto before_send = [this] { return mark_sent(); };
  if (tokens_.is_client_grant) {
    return parts_.tokens.client_credentials(*provider_, client_, connection_.scopes, before_send);
  }
  RefreshOutcome outcome = parts_.tokens.refresh(*provider_, client_, tokens_.refresh_token, before_send);
  if (!is_scope_fault(outcome) || !provider_->refresh_params.contains("scope")) return outcome;
  Provider without_scope = *provider_;
  without_scope.refresh_params.erase("scope");
  was_answered_ = true;
  return parts_.tokens.refresh(without_scope, client_, tokens_.refresh_token, before_send);
}

// Runs inside the HTTP client: nothing may be thrown through it.
bool RefreshAttempt::mark_sent() {
  if (intent_ && !was_answered_) {
    was_asked_twice_ = true;
    return false;
  }
  try {
    return try_mark_sent();
  } catch (...) {
    fault_ = std::current_exception();
    return false;
  }
}

bool RefreshAttempt::try_mark_sent() {
  const auto tx = parts_.database.write();
  auto connection = connection_store::find(*tx, id_);
  auto config = auth_config_store::find(*tx, config_->id);
  refusal_ = second_thoughts(connection, config);
  if (refusal_) return false;
  claim_probe(*tx, *config);
  refresh_journal::Intent intent = replace_standing_intent(*tx);
  if (!refresh_journal::mark_sent(*tx, intent)) {
    refusal_ = unchanged("the account changed meanwhile");
    return false;
  }
  tx->commit();
  intent_ = std::move(intent);
  was_answered_ = false;
  return true;
}

std::optional<RefreshResult> RefreshAttempt::second_thoughts(const std::optional<Connection>& connection,
                                                             const std::optional<AuthConfig>& config) const {
  const bool is_same = connection && config && connection->generation == connection_.generation &&
                       connection->status == ConnectionStatus::Active;
  if (!is_same) return unchanged("the account changed meanwhile");
  const bool may_wait = demand_.why != Why::Forced && !was_answered_;
  if (may_wait && is_blocked(*config, parts_.env.clock.now())) {
    return postponed("the provider refuses the OAuth client", config->blocked_until);
  }
  return std::nullopt;
}

void RefreshAttempt::claim_probe(WriteTransaction& tx, AuthConfig& config) const {
  if (!config.blocked_until) return;
  config.blocked_until = std::max(*config.blocked_until, parts_.env.clock.now() + kProbeTime);
  auth_config_store::update(tx, config);
}

// Nobody else works on this connection: an intent that stands is one whose answer was lost.
refresh_journal::Intent RefreshAttempt::replace_standing_intent(WriteTransaction& tx) {
  const auto standing = refresh_journal::find(tx, id_);
  if (standing) refresh_journal::clear(tx, *standing);
  if (standing && !was_answered_ && standing->generation == connection_.generation) lost_ = standing;
  return {id_, random_uuid(parts_.env.random), connection_.generation, lost_ ? lost_->attempt + 1 : 1,
          parts_.env.clock.now()};
}

}  // namespace coffer
