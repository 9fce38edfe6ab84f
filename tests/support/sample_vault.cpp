#include "tests/support/sample_vault.h"

#include "tests/support/temp_vault.h"
#include "vault/store/api_key_store.h"
#include "vault/store/audit_log.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/link_store.h"
#include "vault/store/outbox.h"
#include "vault/store/refresh_journal.h"
#include "vault/store/session_store.h"
#include "vault/store/subscription_store.h"

namespace coffer::testing {
namespace {

void add_auth_configs(WriteTransaction& tx) {
  AuthConfig managed;
  managed.id = AuthConfigId("ac_gmail");
  managed.toolkit = "gmail";
  managed.name = "Gmail Auth Config";
  managed.is_managed = true;
  managed.scopes = {"mail.read"};
  managed.client_id = "client-1";
  managed.created_at = managed.updated_at = kStart;
  auth_config_store::insert(tx, managed, Secret("client-secret-1"));
  AuthConfig removed = managed;
  removed.id = AuthConfigId("ac_removed");
  removed.is_managed = false;
  auth_config_store::insert(tx, removed, Secret("client-secret-2"));
  auth_config_store::remove(tx, removed.id, kStart);
}

void add_connections(WriteTransaction& tx) {
  Connection active = make_connection("ca_active", "alice", "gmail");
  active.alias = "work";
  active.identity = "alice@example.com";
  active.fields = {{"subdomain", "acme"}};
  connection_store::insert(tx, active);
  active.status = ConnectionStatus::Active;
  active.connected_at = kStart;
  active.next_refresh_at = kStart + std::chrono::minutes(50);
  connection_store::commit_credential(tx, active, make_tokens("1"));
  refresh_journal::mark_sent(tx, {active.id, "intent-1", 1, 2, kStart});

  Connection keyed = make_connection("ca_key", "bob", "tavily");
  keyed.scheme = AuthScheme::ApiKey;
  connection_store::insert(tx, keyed);
  keyed.status = ConnectionStatus::Active;
  connection_store::commit_credential(tx, keyed, ApiKeyCredential{Secret("tavily-key-1")});

  connection_store::insert(tx, make_connection("ca_removed", "bob"));
  connection_store::remove(tx, ConnectionId("ca_removed"), kStart);
}

void add_link(WriteTransaction& tx) {
  link_store::Link link;
  link.connection = ConnectionId("ca_active");
  link.user = UserId("alice");
  link.auth_config = AuthConfigId("ac_gmail");
  link.toolkit = "gmail";
  link.callback_url = "https://app.example/done";
  link.created_at = kStart;
  link.expires_at = kStart + std::chrono::minutes(10);
  link.expected_generation = 1;
  link_store::insert(tx, link, Secret("lk_1"));
  link.token_url = "https://provider.example/token";
  link.code_verifier = Secret("verifier-1");
  link_store::begin(tx, "lk_1", link, Secret("state-1"), Secret("browser-1"));
}

void add_session(WriteTransaction& tx) {
  Session session;
  session.id = SessionId("trs_1");
  session.user = UserId("alice");
  session.config.toolkits_enabled = {"gmail"};
  session.config.connected_accounts = {{"gmail", {ConnectionId("ca_active")}}};
  session.config.callback_url = "https://app.example/session";
  session.created_at = kStart;
  session_store::insert(tx, session);
}

void add_event(WriteTransaction& tx) {
  Subscription subscription;
  subscription.id = SubscriptionId("ws_1");
  subscription.url = "https://app.example/hook";
  subscription.secret = Secret("whsec_1");
  subscription.events = {std::string(kExpiredEvent)};
  subscription.created_at = subscription.updated_at = kStart;
  subscription_store::insert(tx, subscription);
  outbox::append(
      tx, {"msg_1", std::string(kExpiredEvent), ConnectionId("ca_active"), R"({"id":"msg_1"})", kStart});
}

}  // namespace

void fill_sample_vault(Database& database) {
  const auto tx = database.write();
  add_auth_configs(*tx);
  add_connections(*tx);
  add_link(*tx);
  add_session(*tx);
  add_event(*tx);
  audit_log::append(*tx, {0, kStart, "connected", ConnectionId("ca_active"), "detail-1"});
  audit_log::append(*tx, {0, kStart, "refreshed", ConnectionId("ca_active"), ""});
  api_key_store::insert(*tx, Secret("api-key-1"), {"init", {"api", "tokens"}}, kStart);
  tx->commit();
}

}  // namespace coffer::testing
