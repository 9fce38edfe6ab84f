#include "vault/store/connection_store.h"

#include <catch2/catch.hpp>

#include "tests/support/temp_vault.h"
#include "vault/base/error.h"

namespace coffer {
namespace {

using testing::make_connection;
using testing::make_tokens;
using testing::TempVault;
using testing::TestEnv;

TEST_CASE("a connection comes back as it was stored") {
  TestEnv env;
  TempVault vault(env);
  Connection stored = make_connection();
  stored.alias = "work";
  stored.identity = "alice@example.com";
  stored.fields = {{"subdomain", "acme"}};
  stored.redacted_credential = "••••9f3a";
  stored.status_reason = "because";
  stored.connected_at = from_ms(5);
  stored.expires_at = from_ms(6);
  stored.next_refresh_at = from_ms(7);
  stored.refresh_state = RefreshState::Backoff;
  stored.failures = 3;
  vault.write([&](WriteTransaction& tx) { connection_store::insert(tx, stored); });
  vault.reopen();

  const auto found = vault.read([&](Transaction& tx) { return connection_store::find(tx, stored.id); });
  REQUIRE(found);
  CHECK(found->user == stored.user);
  CHECK(found->toolkit == "gmail");
  CHECK(found->auth_config == stored.auth_config);
  CHECK(found->scheme == AuthScheme::OAuth2);
  CHECK(found->alias == "work");
  CHECK(found->identity == "alice@example.com");
  CHECK(found->fields == stored.fields);
  CHECK(found->redacted_credential == "••••9f3a");
  CHECK(found->status == ConnectionStatus::Initiated);
  CHECK(found->status_reason == "because");
  CHECK(found->scopes == stored.scopes);
  CHECK(found->created_at == stored.created_at);
  CHECK(found->connected_at == stored.connected_at);
  CHECK(found->expires_at == stored.expires_at);
  CHECK(found->next_refresh_at == stored.next_refresh_at);
  CHECK(found->refresh_state == RefreshState::Backoff);
  CHECK(found->failures == 3);
  CHECK(found->generation == 0);
}

TEST_CASE("a committed credential opens and raises the generation") {
  TestEnv env;
  TempVault vault(env);
  Connection connection = make_connection();
  vault.write([&](WriteTransaction& tx) { connection_store::insert(tx, connection); });
  connection.status = ConnectionStatus::Active;
  REQUIRE(vault.write([&](WriteTransaction& tx) {
    return connection_store::commit_credential(tx, connection, make_tokens());
  }));
  CHECK(connection.generation == 1);

  auto opened = vault.read([&](Transaction& tx) { return connection_store::open(tx, connection.id); });
  REQUIRE(opened);
  CHECK(opened->connection.generation == 1);
  CHECK(opened->connection.status == ConnectionStatus::Active);
  const auto& tokens = std::get<TokenSet>(opened->credential);
  CHECK(tokens.access_token.expose() == "access-token-1");
  CHECK(tokens.refresh_token.expose() == "refresh-token-1");
  CHECK(tokens.previous_refresh_token.empty());
  CHECK(tokens.scopes == std::vector<std::string>{"mail.read"});
  CHECK(vault->check() == std::vector<std::string>{});
}

}  // namespace
}  // namespace coffer
