#include "vault/refresh/outcome_writer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "vault/model/lifecycle.h"
#include "vault/refresh/plan.h"
#include "vault/store/audit_log.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"
#include "vault/store/outbox.h"

namespace coffer {
namespace {

constexpr Duration kFirstOwnFaultWait = std::chrono::minutes(15);
constexpr Duration kLongestOwnFaultWait = std::chrono::hours(6);
constexpr Duration kLongestPolicyWait = std::chrono::hours(24);
// The account that met the refusal probes after the others, so that it cannot block them for ever.
constexpr Duration kLastInLine = std::chrono::minutes(1);

bool may_have_rotated(const RefreshOutcome& outcome) {
  const auto* transient = std::get_if<Transient>(&outcome);
  return transient != nullptr && transient->maybe_processed;
}

bool is_definite(const RefreshOutcome& outcome) {
  return std::holds_alternative<Refreshed>(outcome) || std::holds_alternative<Rejected>(outcome);
}

// Without an answer the intent stays: it is the mark that the stored refresh token may be spent.
// An answer that says "not processed" takes back this presentation alone, not an earlier one.
bool pass_fence(WriteTransaction& tx, const RefreshAnswer& answer) {
  if (!answer.intent) return true;
  if (may_have_rotated(answer.outcome)) {
    const auto standing = refresh_journal::find(tx, answer.connection);
    return standing && standing->id == answer.intent->id;
  }
  if (!refresh_journal::clear(tx, *answer.intent)) return false;
  if (answer.lost && !is_definite(answer.outcome)) refresh_journal::mark_sent(tx, *answer.lost);
  return true;
}

// RFC 6749 section 6: an answer without a refresh token or scope leaves the old ones in force.
TokenSet successor(const Refreshed& outcome, const RefreshAnswer& answer, const Connection& connection) {
  const TokenSet& fresh = outcome.tokens;
  TokenSet tokens;
  tokens.access_token = fresh.access_token.clone();
  tokens.refresh_token = (fresh.refresh_token.empty() ? answer.presented : fresh.refresh_token).clone();
  if (!(tokens.refresh_token == answer.presented)) tokens.previous_refresh_token = answer.presented.clone();
  tokens.token_type = fresh.token_type;
  tokens.expires_at = fresh.expires_at;
  tokens.refresh_expires_at = fresh.refresh_expires_at;
  if (fresh.refresh_token.empty() && !fresh.refresh_expires_at) {
    tokens.refresh_expires_at = answer.presented_until;
  }
  tokens.scopes = fresh.scopes.empty() ? connection.scopes : fresh.scopes;
  tokens.client = {answer.own_client.client_id, answer.own_client.client_secret.clone()};
  tokens.is_client_grant = answer.is_client_grant;
  return tokens;
}

Duration own_fault_wait(std::int64_t failures) {
  const auto doublings = std::clamp<std::int64_t>(failures, 0, 5);
  return std::min<Duration>(kFirstOwnFaultWait * (1LL << doublings), kLongestOwnFaultWait);
}

// Those that were to try when the block ends, and the one that met it.
std::vector<Connection> waiting_for_client(Transaction& tx, const AuthConfigId& id, Timestamp blocked_until) {
  connection_store::Query query;
  query.auth_configs = {id};
  query.statuses = {ConnectionStatus::Active};
  query.page.limit = std::numeric_limits<std::int64_t>::max();
  std::vector<Connection> waiting = connection_store::list(tx, query).items;
  std::erase_if(waiting, [&](const Connection& connection) {
    const auto next = connection.next_refresh_at;
    return !next || *next < blocked_until || (*next > blocked_until && connection.failures == 0);
  });
  return waiting;
}

std::string_view reason_of(const Rejected& outcome, const RefreshAnswer& answer) {
  if (outcome.user_must_act) return reason::kUserActionRequired;
  return answer.lost ? reason::kResponseLost : reason::kRefreshRejected;
}

}  // namespace

RefreshResult OutcomeWriter::write(const RefreshAnswer& answer) {
  const auto tx = database_.write();
  auto connection = connection_store::find(*tx, answer.connection);
  const bool is_ours = pass_fence(*tx, answer) && connection && connection->generation == answer.generation;
  if (!is_ours) {
    tx->commit();
    env_.log.warn("refresh_answer_dropped", {{"connected_account_id", answer.connection.str()}});
    return {RefreshResult::Kind::Unchanged, "the account changed while the provider was asked", std::nullopt};
  }
  RefreshResult result = std::visit(
      [&](const auto& outcome) { return apply(*tx, answer, *connection, outcome); }, answer.outcome);
  tx->commit();
  return result;
}

RefreshResult OutcomeWriter::apply(WriteTransaction& tx, const RefreshAnswer& answer, Connection& connection,
                                   const Refreshed& outcome) {
  const Timestamp now = env_.clock.now();
  TokenSet tokens = successor(outcome, answer, connection);
  const Timestamp sent_at = answer.intent ? answer.intent->sent_at : now;
  connection.redacted_credential = tokens.access_token.redacted();
  connection.scopes = tokens.scopes;
  connection.expires_at = tokens.expires_at;
  connection.next_refresh_at =
      connection.status == ConnectionStatus::Active
          ? next_refresh_of(tokens, sent_at, connection.id, answer.provider->refresh_lead)
          : std::nullopt;
  connection.refresh_state = RefreshState::Idle;
  connection.failures = 0;
  connection.updated_at = now;
  connection_store::commit_credential(tx, connection, Credential(std::move(tokens)));
  mark_served(tx, connection.auth_config);
  audit_log::append(tx, {0, now, "refreshed", connection.id, ""});
  return {RefreshResult::Kind::Refreshed, "", std::nullopt};
}

RefreshResult OutcomeWriter::apply(WriteTransaction& tx, const RefreshAnswer& answer, Connection& connection,
                                   const Rejected& outcome) {
  mark_served(tx, connection.auth_config);  // it judged the grant, so it accepts the client
  connection.failures += 1;
  if (connection.status != ConnectionStatus::Active) {
    postpone(tx, connection, RefreshState::Idle, std::nullopt, "");
    return {RefreshResult::Kind::NotActive, "the provider answered " + outcome.error, std::nullopt};
  }
  end_active(tx, connection, reason_of(outcome, answer));
  return {RefreshResult::Kind::Rejected, "the provider answered " + outcome.error, std::nullopt};
}

RefreshResult OutcomeWriter::apply(WriteTransaction& tx, const RefreshAnswer& answer, Connection& connection,
                                   const Misconfigured& outcome) {
  const Timestamp now = env_.clock.now();
  const auto blocked_until = block(tx, answer.auth_config, outcome.error);
  const Timestamp next =
      blocked_until ? *blocked_until + kLastInLine : now + own_fault_wait(connection.failures);
  audit_log::append(tx, {0, now, "refresh_misconfigured", connection.id, outcome.error});
  connection.failures += 1;
  return postpone(tx, connection, blocked_until ? RefreshState::Idle : RefreshState::Backoff, next,
                  "the provider refuses the OAuth client or the request: " + outcome.error);
}

RefreshResult OutcomeWriter::apply(WriteTransaction& tx, const RefreshAnswer&, Connection& connection,
                                   const Throttled& outcome) {
  connection.failures += 1;
  const Duration least = outcome.is_policy ? backoff(connection.failures, env_.random, kLongestPolicyWait)
                                           : retry_wait(connection.failures, env_.random);
  const Duration wait = std::max(least, outcome.retry_after.value_or(Duration::zero()));
  return postpone(
      tx, connection, RefreshState::Backoff, env_.clock.now() + wait,
      outcome.is_policy ? "the provider forbids the request" : "the provider asks to come back later");
}

RefreshResult OutcomeWriter::apply(WriteTransaction& tx, const RefreshAnswer& answer, Connection& connection,
                                   const Transient& outcome) {
  const Timestamp now = env_.clock.now();
  connection.failures += 1;
  if (outcome.is_lost && answer.intent) {
    audit_log::append(tx, {0, now, "refresh_uncertain", connection.id, ""});
    const auto decision =
        recover_lost_response(*answer.provider, answer.intent->sent_at, connection.expires_at, now);
    if (!decision.present_now) {
      return postpone(tx, connection, RefreshState::Sent, decision.retry_at, outcome.detail);
    }
  }
  const Duration least = retry_wait(connection.failures, env_.random);
  const Duration wait = std::max(least, outcome.retry_after.value_or(Duration::zero()));
  return postpone(tx, connection, RefreshState::Backoff, now + wait, outcome.detail);
}

RefreshResult OutcomeWriter::postpone(WriteTransaction& tx, Connection& connection, RefreshState state,
                                      std::optional<Timestamp> next, std::string detail) {
  connection.refresh_state = state;
  connection.next_refresh_at = connection.status == ConnectionStatus::Active ? next : std::nullopt;
  connection_store::update(tx, connection);
  return {RefreshResult::Kind::Postponed, std::move(detail), next};
}

void OutcomeWriter::end_active(WriteTransaction& tx, Connection& connection, std::string_view status_reason) {
  const Timestamp now = env_.clock.now();
  connection.status = *next_status(connection.status, LifecycleEvent::RefreshRejected, true);
  connection.status_reason = status_reason;
  connection.next_refresh_at = std::nullopt;
  connection.refresh_state = RefreshState::Idle;
  connection.updated_at = now;
  connection_store::update(tx, connection);
  Event event{"msg_" + random_uuid(env_.random), std::string(kExpiredEvent), connection.id, "", now};
  event.body = make_event_(tx, connection, event.id);
  outbox::append(tx, event);
  audit_log::append(tx, {0, now, "expired", connection.id, connection.status_reason});
}

bool OutcomeWriter::expire(const ConnectionId& id, std::int64_t seen_generation,
                           const std::string& status_reason) {
  const auto tx = database_.write();
  auto connection = connection_store::find(*tx, id);
  if (!connection || connection->status != ConnectionStatus::Active ||
      connection->generation != seen_generation) {
    return false;
  }
  end_active(*tx, *connection, status_reason);
  tx->commit();
  return true;
}

void OutcomeWriter::plan(const ConnectionId& id, std::int64_t generation, std::optional<Timestamp> next) {
  const auto tx = database_.write();
  auto connection = connection_store::find(*tx, id);
  if (!connection || connection->generation != generation || connection->next_refresh_at == next) return;
  connection->next_refresh_at = next;
  connection_store::update(*tx, *connection);
  tx->commit();
}

void OutcomeWriter::mark_served(WriteTransaction& tx, const AuthConfigId& id) {
  health_.served(id, env_.clock.now());
  auto config = auth_config_store::find(tx, id);
  if (!config || !config->blocked_until) return;
  config->blocked_until = std::nullopt;
  auth_config_store::update(tx, *config);
}

std::optional<Timestamp> OutcomeWriter::block(WriteTransaction& tx, const AuthConfigId& id,
                                              std::string_view error) {
  auto config = auth_config_store::find(tx, id);
  const auto until = health_.refused(id, error, env_.clock.now());
  if (!config || !until) return std::nullopt;
  config->blocked_until = until;
  auth_config_store::update(tx, *config);
  return until;
}

void OutcomeWriter::unblock(const AuthConfigId& id) {
  const Timestamp now = env_.clock.now();
  health_.forget(id);
  const auto tx = database_.write();
  auto config = auth_config_store::find(*tx, id);
  if (!config || !config->blocked_until) return;
  const Timestamp blocked_until = *std::exchange(config->blocked_until, std::nullopt);
  auth_config_store::update(*tx, *config);
  for (auto& connection : waiting_for_client(*tx, id, blocked_until)) {
    connection.next_refresh_at = now;
    connection_store::update(*tx, connection);
  }
  tx->commit();
}

}  // namespace coffer
