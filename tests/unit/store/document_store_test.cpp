#include "vault/store/document_store.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <catch2/catch.hpp>

#include "tests/support/temp_vault.h"
#include "vault/base/error.h"
#include "vault/store/shared_account_store.h"

namespace coffer {
namespace {

using document_store::Document;
using testing::make_connection;
using testing::make_tokens;
using testing::TempVault;
using testing::TestEnv;

void put(TempVault& vault, const std::string& kind, const std::string& id, const std::string& text,
         std::int64_t at_ms) {
  vault.write([&](WriteTransaction& tx) {
    document_store::put(tx, Document{kind, id, text, from_ms(at_ms), from_ms(at_ms)});
  });
}

std::optional<Document> find(TempVault& vault, const std::string& kind, const std::string& id) {
  return vault.read([&](Transaction& tx) { return document_store::find(tx, kind, id); });
}

ConnectionId connect(TempVault& vault, const std::string& id, std::int64_t connected_ms) {
  Connection connection = make_connection(id);
  vault.write([&](WriteTransaction& tx) {
    connection_store::insert(tx, connection);
    connection.status = ConnectionStatus::Active;
    connection.connected_at = from_ms(connected_ms);
    REQUIRE(connection_store::commit_credential(tx, connection, make_tokens(id)));
  });
  return connection.id;
}

}  // namespace

TEST_CASE("a document comes back as it was put, by kind and id", "[document]") {
  TestEnv env;
  TempVault vault(env);
  put(vault, "setting", "project", "one", 5);
  put(vault, "mcp_server", "project", "two", 6);
  vault.reopen();
  const auto found = find(vault, "setting", "project");
  REQUIRE(found);
  CHECK(found->text == "one");
  CHECK(found->created_at == from_ms(5));
  CHECK(find(vault, "mcp_server", "project")->text == "two");
  CHECK_FALSE(find(vault, "setting", "other"));
  CHECK(vault->check().empty());
}

TEST_CASE("putting a document again replaces its text and keeps when it was made", "[document]") {
  TestEnv env;
  TempVault vault(env);
  put(vault, "setting", "a", "one", 5);
  put(vault, "setting", "b", "other", 6);
  put(vault, "setting", "a", "two", 7);
  const auto found = find(vault, "setting", "a");
  CHECK(found->text == "two");
  CHECK(found->created_at == from_ms(5));
  CHECK(found->updated_at == from_ms(7));
  const auto all = vault.read([](Transaction& tx) { return document_store::list(tx, "setting"); });
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == "a");
  CHECK(all[1].id == "b");
}

TEST_CASE("a document that was edited from outside fails authentication", "[document]") {
  const std::string change =
      GENERATE(as<std::string>(), "kind = 'other'", "id = 'x'", "created_at_ms = 9", "updated_at_ms = 9",
               "text_sealed = (SELECT text_sealed FROM document WHERE id = 'b')", "data_key_id = 99");
  CAPTURE(change);
  TestEnv env;
  TempVault vault(env);
  put(vault, "setting", "a", "one", 5);
  put(vault, "setting", "b", "two", 5);
  vault.close();
  SQLite::Database(vault.path().string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE document SET " + change + " WHERE id = 'a'");
  vault.open();
  CHECK_FALSE(vault->check().empty());
  const auto rest = vault.read([](Transaction& tx) { return document_store::list(tx, "setting"); });
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].id == "b");
}

TEST_CASE("a SHARED account is listed as one, is no default, and ends with its account", "[document]") {
  TestEnv env;
  TempVault vault(env);
  const ConnectionId own = connect(vault, "ca_own", 1);
  const ConnectionId shared = connect(vault, "ca_shared", 2);
  const SharedAccess access{true, {"bob"}, {"eve"}};
  vault.write([&](WriteTransaction& tx) { shared_account_store::put(tx, shared, access, from_ms(2)); });
  using Ids = std::vector<ConnectionId>;
  const auto ids = [](const Page<Connection>& page) {
    Ids found;
    for (const Connection& connection : page.items) found.push_back(connection.id);
    return found;
  };
  vault.read([&](Transaction& tx) {
    using shared_account_store::AccountType;
    CHECK(ids(connection_store::list(tx, {})) == Ids{shared, own});
    CHECK(ids(shared_account_store::list(tx, {}, AccountType::Private)) == Ids{own});
    CHECK(ids(shared_account_store::list(tx, {}, AccountType::Shared)) == Ids{shared});
  });
  vault.read([&](Transaction& tx) {
    CHECK(connection_store::find_default(tx, UserId("alice"), "gmail")->id == own);
    const auto found = shared_account_store::find(tx, shared);
    REQUIRE(found);
    CHECK(found->allow_all_users);
    CHECK(found->allowed_user_ids == access.allowed_user_ids);
    CHECK(found->not_allowed_user_ids == access.not_allowed_user_ids);
    const Connection account = *connection_store::find(tx, shared);
    CHECK(shared_account_store::may_use(tx, account, UserId("anybody")));
    CHECK_FALSE(shared_account_store::may_use(tx, account, UserId("eve")));
    CHECK_FALSE(shared_account_store::may_use(tx, *connection_store::find(tx, own), UserId("anybody")));
  });
  vault.write([&](WriteTransaction& tx) { connection_store::remove(tx, shared, from_ms(3)); });
  CHECK_FALSE(vault.read([&](Transaction& tx) { return shared_account_store::find(tx, shared); }));
}

}  // namespace coffer
