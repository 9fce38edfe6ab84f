#include "vault/store/digest_keeper.h"

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::make_connection;
using testing::make_tokens;
using testing::StoreFixture;

// Two accounts, one of which is changed after a copy of all rows was put aside.
struct RolledBack : StoreFixture {
  Connection account = make_connection("ca_1");
  std::string aside = (vault.directory() / "aside.db").string();

  RolledBack() {
    vault.write([&](WriteTransaction& tx) {
      connection_store::insert(tx, account);
      connection_store::commit_credential(tx, account, make_tokens("old"));
      connection_store::insert(tx, make_connection("ca_2"));
    });
    run("ATTACH '" + aside +
        "' AS aside;"
        "CREATE TABLE aside.connection AS SELECT * FROM connection;"
        "CREATE TABLE aside.set_digest AS SELECT * FROM set_digest;");
    vault.write(
        [&](WriteTransaction& tx) { connection_store::commit_credential(tx, account, make_tokens("new")); });
  }
  void put_back(const std::string& sql) { run("ATTACH '" + aside + "' AS aside;" + sql); }
  Secret access_token() {
    auto opened =
        vault.read([](Transaction& tx) { return connection_store::open(tx, ConnectionId("ca_1")); });
    return std::move(std::get<TokenSet>(opened->credential).access_token);
  }
};

TEST_CASE("one row put back to an older version is found by the check", "[digest][tamper]") {
  RolledBack f;
  REQUIRE(f.vault->check().empty());
  f.put_back("REPLACE INTO connection SELECT * FROM aside.connection WHERE id = 'ca_1'");
  CHECK(f.access_token() == Secret("access-token-old"));  // a genuine row, once: reading cannot tell
  CHECK(f.check_names("set digest"));
}

TEST_CASE("a row taken away, or doubled under another id, is found by the check", "[digest][tamper]") {
  const std::string change =
      GENERATE(as<std::string>(), "DELETE FROM connection WHERE id = 'ca_2'",
               "INSERT INTO api_key VALUES (zeroblob(32), 'x', 'api tokens', 1, zeroblob(32))",
               "UPDATE connection SET rowid = rowid + 10, id = 'ca_3' WHERE id = 'ca_2'");
  CAPTURE(change);
  RolledBack f;
  f.run(change);
  CHECK_FALSE(f.vault->check().empty());
}

TEST_CASE("the digest itself is authenticated when the vault is opened", "[digest][tamper]") {
  const std::string change =
      GENERATE(as<std::string>(), "UPDATE set_digest SET commits = commits - 1",
               "UPDATE set_digest SET row_count = row_count + 1",
               "UPDATE set_digest SET digest = zeroblob(64)", "UPDATE set_digest SET digest = zeroblob(63)",
               "UPDATE set_digest SET digest_mac = zeroblob(32)", "DELETE FROM set_digest");
  CAPTURE(change);
  RolledBack f;
  CHECK(code_of([&] { f.run(change); }) == ErrorCode::CorruptHeader);
}

TEST_CASE("a whole older file is not told apart: nothing outside it remembers", "[digest]") {
  RolledBack f;
  f.put_back(
      "REPLACE INTO connection SELECT * FROM aside.connection;"
      "REPLACE INTO set_digest SELECT * FROM aside.set_digest");
  CHECK(f.vault->check().empty());
}

TEST_CASE("the digest follows every kind of change and nothing that was rolled back", "[digest]") {
  StoreFixture f;
  Connection account = make_connection("ca_1");
  f.vault.write([&](WriteTransaction& tx) { connection_store::insert(tx, account); });
  {
    const auto tx = f.vault->write();
    connection_store::commit_credential(*tx, account, make_tokens());
    connection_store::insert(*tx, make_connection("ca_2"));
  }
  account.generation = 0;
  CHECK(f.vault->check().empty());
  f.vault.write([&](WriteTransaction& tx) {
    REQUIRE(connection_store::commit_credential(tx, account, make_tokens()));
    CHECK(code_of([&] { connection_store::insert(tx, account); }) == ErrorCode::Conflict);
    connection_store::remove(tx, account.id, account.updated_at);
  });
  CHECK(f.vault->check().empty());
  f.vault.reopen();
  CHECK(f.vault->check().empty());
}

}  // namespace
}  // namespace coffer
