#include "bench/support/population.h"

#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"

namespace coffer::bench {
namespace {

constexpr std::size_t kRowsPerTransaction = 2000;

AuthConfig gmail_config(testing::TestEnv& env) {
  AuthConfig config;
  config.id = AuthConfigId(random_id(env.random, "ac_"));
  config.toolkit = "gmail";
  config.name = "Gmail Auth Config";
  config.is_managed = true;
  config.client_id = "client";
  config.created_at = config.updated_at = env.clock.now();
  return config;
}

Connection account(testing::TestEnv& env, const AuthConfig& config, std::size_t number) {
  Connection connection;
  connection.id = ConnectionId(random_id(env.random, "ca_"));
  connection.user = UserId("user_" + std::to_string(number));
  connection.toolkit = config.toolkit;
  connection.auth_config = config.id;
  connection.status = ConnectionStatus::Active;
  connection.created_at = connection.updated_at = env.clock.now();
  connection.connected_at = env.clock.now();
  connection.expires_at = env.clock.now() + std::chrono::hours(1);
  connection.next_refresh_at = env.clock.now() + std::chrono::minutes(50);
  return connection;
}

}  // namespace

std::unique_ptr<Database> open_database(const std::filesystem::path& path, testing::TestEnv& env) {
  return Database::open({path, RawKey{testing::test_key()}, true}, env.random, *env.log);
}

TokenSet token_set(testing::TestEnv& env, std::size_t bytes) {
  TokenSet tokens;
  tokens.access_token = random_secret(env.random, {}, bytes * 3 / 8);
  tokens.refresh_token = random_secret(env.random, {}, bytes * 3 / 8);
  tokens.expires_at = env.clock.now() + std::chrono::hours(1);
  tokens.scopes = {"https://www.googleapis.com/auth/gmail.modify"};
  return tokens;
}

std::vector<Connection> populate(Database& database, testing::TestEnv& env, std::size_t count) {
  const AuthConfig config = gmail_config(env);
  std::vector<Connection> connections;
  connections.reserve(count);
  auto tx = database.write();
  auth_config_store::insert(*tx, config, Secret("client secret"));
  for (std::size_t i = 0; i < count; ++i) {
    connections.push_back(account(env, config, i));
    connection_store::insert(*tx, connections.back());
    connection_store::commit_credential(*tx, connections.back(), token_set(env, 600));
    if (i % kRowsPerTransaction == kRowsPerTransaction - 1) {
      tx->commit();
      tx.reset();
      tx = database.write();
    }
  }
  tx->commit();
  tx.reset();
  database.checkpoint(false);
  return connections;
}

}  // namespace coffer::bench
