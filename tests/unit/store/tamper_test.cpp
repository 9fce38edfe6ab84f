#include <SQLiteCpp/SQLiteCpp.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "tests/support/temp_vault.h"
#include "vault/base/error.h"

namespace coffer {
namespace {

using testing::make_connection;
using testing::make_tokens;
using testing::TempVault;
using testing::TestEnv;

// Two connected accounts of two users, closed, for a test to edit the file behind the vault's back.
struct ClosedVault {
  TestEnv env;
  TempVault vault{env};

  ClosedVault() {
    for (const auto& [id, user] : {std::pair("ca_1", "alice"), std::pair("ca_2", "bob")}) {
      Connection connection = make_connection(id, user);
      vault.write([&](WriteTransaction& tx) {
        connection_store::insert(tx, connection);
        connection.status = ConnectionStatus::Active;
        connection.connected_at = connection.created_at;
        connection_store::commit_credential(tx, connection, make_tokens(user));
      });
    }
    vault.database().checkpoint(true);
    vault.close();
  }

  void edit(const std::string& sql) {
    SQLite::Database database(vault.path().string(), SQLite::OPEN_READWRITE);
    REQUIRE(database.exec(sql) == 1);
  }

  ErrorCode code_of_reading(const char* id) {
    try {
      vault.read([&](Transaction& tx) { return connection_store::open(tx, ConnectionId(id)); });
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::Internal;
  }

  ErrorCode code_of_opening(KeyBytes key = testing::test_key()) {
    try {
      Database::open({vault.path(), RawKey{std::move(key)}, false}, env.random, *env.log);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::Internal;
  }
};

TEST_CASE("an edited row fails alone", "[tamper]") {
  const std::string change =
      GENERATE(as<std::string>(), "status = 'REVOKED'", "status_reason = 'x'", "toolkit = 'github'",
               "auth_config_id = 'ac_x'", "scheme = 'API_KEY'", "created_at_ms = created_at_ms + 1",
               "updated_at_ms = updated_at_ms + 1", "connected_at_ms = 1", "expires_at_ms = 1",
               "next_refresh_at_ms = 1", "failures = failures + 1", "generation = generation + 1",
               "refresh_state = 'BACKOFF'", "user_ref = (SELECT user_ref FROM connection WHERE id = 'ca_2')",
               "account_sealed = (SELECT account_sealed FROM connection WHERE id = 'ca_2')",
               "credential_sealed = (SELECT credential_sealed FROM connection WHERE id = 'ca_2')",
               "credential_sealed = NULL");
  CAPTURE(change);
  ClosedVault closed;
  closed.edit("UPDATE connection SET " + change + " WHERE id = 'ca_1'");
  closed.vault.open();
  CHECK(closed.code_of_reading("ca_1") == ErrorCode::TamperedRow);
  const auto other =
      closed.vault.read([](Transaction& tx) { return connection_store::open(tx, ConnectionId("ca_2")); });
  REQUIRE(other);
  CHECK(std::get<TokenSet>(other->credential).access_token == Secret("access-token-bob"));
  CHECK_FALSE(closed.vault->check().empty());
}

TEST_CASE("a row that was not edited opens, and the vault is sound", "[tamper]") {
  ClosedVault closed;
  closed.vault.open();
  CHECK(closed.vault.read([](Transaction& tx) { return connection_store::open(tx, ConnectionId("ca_1")); }));
  CHECK(closed.vault->check().empty());
}

TEST_CASE("a deleted row is found by the check", "[tamper]") {
  ClosedVault closed;
  closed.edit("DELETE FROM connection WHERE id = 'ca_1'");
  closed.vault.open();
  CHECK_FALSE(closed.vault->check().empty());
}

TEST_CASE("a wrong key is told apart from a damaged header", "[tamper]") {
  ClosedVault closed;
  KeyBytes other = testing::test_key();
  other.data()[0] ^= 1;
  CHECK(closed.code_of_opening(std::move(other)) == ErrorCode::WrongKey);
  closed.edit("UPDATE header SET vault_uuid = '00000000-0000-4000-8000-000000000000'");
  CHECK(closed.code_of_opening() == ErrorCode::CorruptHeader);
}

TEST_CASE("a vault that is open is refused to a second opener", "[tamper]") {
  ClosedVault closed;
  closed.vault.open();
  CHECK(closed.code_of_opening() == ErrorCode::VaultInUse);
}

TEST_CASE("a vault file that others can read is refused", "[tamper]") {
  ClosedVault closed;
  std::filesystem::permissions(closed.vault.path(), std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  CHECK(closed.code_of_opening() == ErrorCode::UnsafePermissions);
}

TEST_CASE("no token and no user id stands in the vault's files", "[tamper]") {
  TestEnv env;
  TempVault vault(env);
  Connection connection = make_connection("ca_1", "a-user-id-to-look-for");
  vault.write([&](WriteTransaction& tx) {
    connection_store::insert(tx, connection);
    connection_store::commit_credential(tx, connection, make_tokens("to-look-for"));
  });
  std::string all;
  for (const auto& file : std::filesystem::directory_iterator(vault.directory())) {
    std::ifstream in(file.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  CHECK(all.find("ca_1") != std::string::npos);  // the search sees what stands in clear
  CHECK(all.find("to-look-for") == std::string::npos);
}

}  // namespace
}  // namespace coffer
