#include "vault/store/migrations.h"

#include <array>
#include <catch2/catch.hpp>
#include <span>

#include "tests/unit/store/store_fixture.h"
#include "vault/store/inspection.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::make_connection;
using testing::StoreFixture;

constexpr const char* kNoteTable = "CREATE TABLE note (id INTEGER PRIMARY KEY, mac BLOB NOT NULL) STRICT";
constexpr const char* kNoteIndex = "CREATE INDEX note_mac ON note (mac)";
constexpr const char* kBroken =
    "CREATE TABLE other (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE note (id INTEGER)";

// A vault of this release, with an account, closed.
struct OldVault : StoreFixture {
  const char* const first = migrations::all()[0];
  int version = static_cast<int>(migrations::all().size());

  OldVault() {
    vault.write([](WriteTransaction& tx) { connection_store::insert(tx, make_connection()); });
    vault.close();
  }
  // This release's steps and more.
  std::vector<const char*> steps_and(const std::vector<const char*>& more) {
    std::vector<const char*> steps(migrations::all().begin(), migrations::all().end());
    steps.insert(steps.end(), more.begin(), more.end());
    return steps;
  }
  std::unique_ptr<Database> open(const std::vector<const char*>& more) {
    const std::vector<const char*> steps = steps_and(more);
    auto database =
        Database::open({vault.path(), RawKey{testing::test_key()}, false, steps}, env.random, *env.log);
    CHECK(database->schema_version() == std::ssize(steps));
    CHECK(connection_store::find(*database->read(), ConnectionId("ca_1")));
    CHECK(database->check().empty());
    return database;
  }
  Inspection inspected(const std::vector<const char*>& more) {
    const std::vector<const char*> steps = steps_and(more);
    return inspect({vault.path(), RawKey{testing::test_key()}, false, steps}, *env.log);
  }
};

TEST_CASE("an older vault is brought to the newest schema when it is opened", "[migrations]") {
  OldVault old;
  old.open({kNoteTable, kNoteIndex});
  CHECK(old.inspected({kNoteTable, kNoteIndex}).schema_version == old.version + 2);
  old.open({kNoteTable, kNoteIndex});
}

TEST_CASE("a migrated vault is refused by a release that does not know its schema", "[migrations]") {
  OldVault old;
  old.open({kNoteTable});
  CHECK(code_of([&] { old.vault.open(); }) == ErrorCode::NewerFormat);
  CHECK(code_of([&] { old.inspected({}); }) == ErrorCode::NewerFormat);
  old.open({kNoteTable});
}

TEST_CASE("a step that fails leaves the vault at the version before it", "[migrations]") {
  OldVault old;
  CHECK(code_of([&] { old.open({kNoteTable, kBroken}); }) == ErrorCode::Storage);
  CHECK(old.inspected({kNoteTable}).schema_version == old.version + 1);
  old.open({kNoteTable});
  old.open({kNoteTable, kNoteIndex});
}

TEST_CASE("an inspection leaves an older vault as it was, to the byte", "[migrations][inspection]") {
  OldVault old;
  old.vault.open();
  old.vault.close();
  const auto bytes = [&] { return testing::file_bytes(old.vault.path()); };
  const std::string before = bytes();
  const Inspection found = old.inspected({kNoteTable, kNoteIndex});
  CHECK(found.schema_version == old.version);
  CHECK(found.newest_version == old.version + 2);
  CHECK(found.faults.empty());
  CHECK(bytes() == before);
  old.vault.open();
}

TEST_CASE("a user_version that the header does not speak of is damage", "[migrations][tamper]") {
  OldVault old;
  const std::string version = GENERATE(as<std::string>(), "0", "99");
  CHECK(code_of([&] { old.run("PRAGMA user_version = " + version); }) == ErrorCode::CorruptHeader);
}

TEST_CASE("every table is STRICT, and authenticates its rows by its last column", "[migrations]") {
  OldVault old;
  CHECK(old.ask("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%STRICT'") == "0");
  CHECK(old.ask(R"sql(
    SELECT group_concat(s.name || '.' || (SELECT name FROM pragma_table_info(s.name) ORDER BY cid DESC LIMIT 1), ' ')
      FROM sqlite_schema AS s
     WHERE type = 'table' AND s.name NOT IN ('header', 'key_slot', 'set_digest', 'data_key'))sql") ==
        "auth_config.mac connection.account_sealed link.mac session.mac subscription.mac event.mac "
        "delivery.mac "
        "audit.mac api_key.mac document.mac");
}

}  // namespace
}  // namespace coffer
