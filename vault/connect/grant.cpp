#include "vault/connect/grant.h"

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/model/lifecycle.h"
#include "vault/refresh/plan.h"
#include "vault/store/audit_log.h"
#include "vault/store/connection_store.h"

namespace coffer {
namespace {

struct Redact {
  std::string operator()(const std::monostate&) const { return {}; }
  std::string operator()(const TokenSet& c) const { return c.access_token.redacted(); }
  std::string operator()(const ApiKeyCredential& c) const { return c.key.redacted(); }
  std::string operator()(const BearerCredential& c) const { return c.token.redacted(); }
  std::string operator()(const BasicCredential& c) const { return c.password.redacted(); }
  // The end of a PEM or JSON text tells nothing, and no one of several secrets stands for all.
  std::string operator()(const FieldsCredential&) const { return Secret().redacted(); }
};

void plan_refresh(Connection& connection, const Grant& grant) {
  const auto* tokens = std::get_if<TokenSet>(&grant.credential);
  connection.expires_at = tokens == nullptr ? std::nullopt : tokens->expires_at;
  connection.next_refresh_at =
      tokens == nullptr ? std::nullopt
                        : next_refresh_of(*tokens, grant.asked_at, connection.id, grant.refresh_lead);
  connection.refresh_state = RefreshState::Idle;
  connection.failures = 0;
}

}  // namespace

bool is_other_identity(const Connection& connection, const Grant& grant) {
  if (connection.identity.empty() || grant.identity.empty()) return false;
  return !equals_ignoring_case(connection.identity, grant.identity);
}

void apply_grant(WriteTransaction& tx, Connection& connection, const Grant& grant, Timestamp now) {
  const bool was_connected = connection.connected_at.has_value();
  if (const auto next = next_status(connection.status, LifecycleEvent::GrantCommitted, was_connected)) {
    connection.status = *next;
  }
  if (connection.status == ConnectionStatus::Active) connection.status_reason.clear();
  connection.scopes = grant.scopes;
  connection.identity = grant.identity;
  for (const auto& [name, value] : grant.fields) connection.fields[name] = value;
  connection.redacted_credential = std::visit(Redact{}, grant.credential);
  connection.connected_at = now;
  connection.updated_at = now;
  plan_refresh(connection, grant);
  if (!connection_store::commit_credential(tx, connection, grant.credential)) {
    throw Error(ErrorCode::Conflict,
                in_quotes(connection.id.str()) + " changed while its credential was stored");
  }
  audit_log::append(tx, {0, now, "connected", connection.id,
                         grant.origin + ", " + std::string(to_string(connection.scheme))});
}

}  // namespace coffer
