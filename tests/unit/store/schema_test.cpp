// The vault's tables as somebody who can write the file, and has no key, may change them.
#include "vault/store/schema.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"
#include "vault/store/anchor.h"
#include "vault/store/inspection.h"
#include "vault/store/key_rotation.h"
#include "vault/store/key_slots.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::make_connection;
using testing::StoreFixture;

struct SchemaFixture : StoreFixture {
  SchemaFixture() {
    vault.write([](WriteTransaction& tx) { connection_store::insert(tx, make_connection()); });
    vault.close();
  }
  void change(const std::string& sql) {
    SQLite::Database(vault.path().string(), SQLite::OPEN_READWRITE).exec(sql);
  }
  VaultLocation location() { return {vault.path(), RawKey{testing::test_key()}, false}; }
  std::string refusal() {
    try {
      Database::open(location(), env.random, *env.log);
    } catch (const Error& error) {
      return std::string(to_string(error.code())) + ": " + error.what();
    }
    return {};
  }
};

struct Change {
  const char* sql;
  std::vector<std::string> named;
};

const std::vector<Change>& changes() {
  static const std::vector<Change> all = {
      {"CREATE TRIGGER keep BEFORE UPDATE ON connection BEGIN SELECT RAISE(IGNORE); END",
       {"trigger \"keep\" does not belong to a vault"}},
      {"CREATE VIEW other AS SELECT 1", {"view \"other\" does not belong to a vault"}},
      {"CREATE TABLE other (id INTEGER PRIMARY KEY) STRICT", {"table \"other\" does not belong to a vault"}},
      {"CREATE INDEX link_user ON link (user_ref)", {"index \"link_user\" does not belong to a vault"}},
      {"DROP INDEX connection_user", {"index \"connection_user\" is missing"}},
      {"DROP TABLE audit", {"index \"audit_connection\" is missing", "table \"audit\" is missing"}},
      {"DROP INDEX link_state; CREATE UNIQUE INDEX link_state ON link (token_hash)",
       {"index \"link_state\" was redefined"}},
      {"ALTER TABLE session ADD COLUMN note TEXT", {"table \"session\" was redefined"}},
      {"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = "
       "replace(sql, 'owner   TEXT NOT NULL UNIQUE', 'owner   TEXT NOT NULL UNIQUE ON CONFLICT REPLACE')",
       {"table \"data_key\" was redefined"}},
      {"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = lower(sql) WHERE name = "
       "'event_connection'",
       {"index \"event_connection\" was redefined"}},
  };
  return all;
}

TEST_CASE("a vault whose tables were changed from outside is refused, naming what was", "[schema][tamper]") {
  for (const Change& change : changes()) {
    CAPTURE(change.sql);
    SchemaFixture f;
    f.change(change.sql);
    const std::string before = testing::file_bytes(f.vault.path());
    CHECK(f.refusal() ==
          "corrupt_header: the vault's tables were changed from outside: " + change.named.front());
    CHECK(testing::file_bytes(f.vault.path()) == before);
  }
}

TEST_CASE("an inspection names every change of the tables", "[schema][tamper][inspection]") {
  for (const Change& change : changes()) {
    CAPTURE(change.sql);
    SchemaFixture f;
    f.change(change.sql);
    CHECK(inspect(f.location(), *f.env.log).schema_faults == change.named);
  }
}

TEST_CASE("an older vault is compared with the tables of its own schema, before it is migrated",
          "[schema][tamper]") {
  SchemaFixture f;
  std::vector<const char*> steps(migrations::all().begin(), migrations::all().end());
  steps.push_back("CREATE TABLE note (id INTEGER PRIMARY KEY, mac BLOB NOT NULL) STRICT");
  const auto code_of_migrating = [&] {
    VaultLocation location = f.location();
    location.schema = steps;
    return code_of([&] { Database::open(std::move(location), f.env.random, *f.env.log); });
  };
  f.change("CREATE TABLE note (id INTEGER PRIMARY KEY, mac BLOB NOT NULL) STRICT");
  CHECK(code_of_migrating() == ErrorCode::CorruptHeader);
  f.change("DROP TABLE note");
  CHECK_FALSE(code_of_migrating());
  CHECK_FALSE(code_of_migrating());
}

TEST_CASE("the digest in the source is that of what every step makes", "[schema]") {
  SqlConnection vault(":memory:", SqlConnection::Access::Write);
  const migrations::Steps steps = migrations::all();
  for (int version = 0; version < std::ssize(steps); ++version) {
    CAPTURE(version);
    migrations::apply(vault, steps, version);
    CHECK(schema::has_known_digest(vault));
    vault.execute("CREATE VIEW other AS SELECT 1");
    CHECK_FALSE(schema::has_known_digest(vault));
    vault.execute("DROP VIEW other");
  }
}

TEST_CASE("a step that alters a table makes the same by itself as after the others", "[schema]") {
  SchemaFixture f;
  std::vector<const char*> steps(migrations::all().begin(), migrations::all().end());
  for (const char* step :
       {"CREATE TABLE note (id INTEGER PRIMARY KEY, mac BLOB NOT NULL) STRICT",
        "ALTER TABLE note ADD COLUMN title TEXT", "ALTER TABLE note RENAME title TO name"}) {
    steps.push_back(step);
    for (int opened = 0; opened < 2; ++opened) {
      VaultLocation location = f.location();
      location.schema = steps;
      CHECK_FALSE(code_of([&] { Database::open(std::move(location), f.env.random, *f.env.log); }));
    }
  }
}

TEST_CASE("nothing is written to a vault whose tables were changed", "[schema][tamper]") {
  SchemaFixture f;
  f.change("CREATE TRIGGER keep BEFORE DELETE ON key_slot BEGIN SELECT RAISE(IGNORE); END");
  const auto is_refused = [&](auto&& command) { return code_of(command) == ErrorCode::CorruptHeader; };
  CHECK(is_refused([&] { key_slots::remove(f.location(), 2); }));
  CHECK(is_refused([&] { key_rotation::rotate(f.location(), f.env.random, *f.env.log); }));
  CHECK(is_refused([&] { anchors::accept(f.location(), f.env.random, *f.env.log); }));
  f.change("DROP TRIGGER keep");
  CHECK(f.refusal().empty());
}

}  // namespace
}  // namespace coffer
