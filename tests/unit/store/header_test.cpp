// A header that somebody without the key wrote: sums that fit, and nothing that the root key vouches for.
#include "vault/store/header.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <catch2/catch.hpp>
#include <utility>

#include "tests/unit/store/store_fixture.h"
#include "vault/crypto/length_prefixed.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::StoreFixture;
using testing::TempVault;
using testing::TestEnv;

struct HeaderFixture {
  TestEnv env;
  TempVault vault{env};

  HeaderFixture() { vault.close(); }

  // Edits the closed file and mends the sums, which need no key, as docs/storage-format.md has them.
  void forge(const std::string& sql) {
    SQLite::Database file(vault.path().string(), SQLite::OPEN_READWRITE);
    REQUIRE(file.exec(sql) == 1);
    SQLite::Statement header(file,
                             "SELECT format, min_reader, schema_version, vault_uuid, root_epoch FROM header");
    REQUIRE(header.executeStep());
    LengthPrefixed preamble;
    preamble.add("coffer/header");
    for (int i = 0; i < 3; ++i) preamble.add(header.getColumn(i).getInt64());
    preamble.add(header.getColumn(3).getString());
    LengthPrefixed all = preamble;
    all.add(header.getColumn(4).getInt64());
    add_slots(file, all);
    header.reset();
    set(file, "preamble_sum", checksum(preamble.bytes()));
    set(file, "header_sum", checksum(all.bytes()));
  }

  static void add_slots(SQLite::Database& file, LengthPrefixed& out) {
    out.add(file.execAndGet("SELECT count(*) FROM key_slot").getInt64());
    SQLite::Statement slot(file, R"sql(
      SELECT number, kind, salt, passes, memory_bytes, for_tests, root_epoch, commitment, wrapped_root
        FROM key_slot ORDER BY number)sql");
    while (slot.executeStep()) {
      out.add(slot.getColumn(0).getInt64())
          .add(slot.getColumn(1).getString())
          .add(slot.getColumn(2).getString());
      for (int i = 3; i < 7; ++i) out.add(slot.getColumn(i).getInt64());
      out.add(slot.getColumn(7).getString()).add(slot.getColumn(8).getString());
    }
  }

  static void set(SQLite::Database& file, const std::string& column, const Mac& sum) {
    SQLite::Statement update(file, "UPDATE header SET " + column + " = ?");
    update.bind(1, sum.data(), static_cast<int>(sum.size()));
    update.exec();
  }

  std::optional<ErrorCode> refusal(KeySource key = RawKey{testing::test_key()}) {
    return code_of([&] { Database::open({vault.path(), std::move(key), true}, env.random, *env.log); });
  }
};

TEST_CASE("an edited header whose sums do not fit is damaged", "[header][tamper]") {
  const std::string change =
      GENERATE(as<std::string>(), "format = 2", "min_reader = 2", "schema_version = 99", "vault_uuid = 'x'",
               "preamble_sum = zeroblob(32)", "preamble_sum = x'00'", "root_epoch = 2",
               "header_sum = zeroblob(32)", "header_mac = zeroblob(32)", "header_mac = x'00'");
  CAPTURE(change);
  StoreFixture f;
  CHECK(code_of([&] { f.edit("UPDATE header SET " + change); }) == ErrorCode::CorruptHeader);
}

TEST_CASE("a header that a newer release wrote is told apart from a damaged one", "[header]") {
  const std::string change = GENERATE(as<std::string>(), "format = 4, min_reader = 4", "schema_version = 99",
                                      "format = 9, min_reader = 9");
  CAPTURE(change);
  HeaderFixture f;
  f.forge("UPDATE header SET " + change);
  CHECK(f.refusal() == ErrorCode::NewerFormat);
}

TEST_CASE("a newer release is recognized by its preamble, whatever became of the rest", "[header]") {
  HeaderFixture f;
  f.forge("UPDATE header SET format = 4, min_reader = 4");
  SQLite::Database(f.vault.path().string(), SQLite::OPEN_READWRITE)
      .exec("ALTER TABLE header DROP COLUMN header_mac; DROP TABLE key_slot; PRAGMA user_version = 40");
  CHECK(f.refusal() == ErrorCode::NewerFormat);
}

TEST_CASE("a forged header passes its sums and fails authentication", "[header][tamper]") {
  const std::string change = GENERATE(as<std::string>(), "format = 2", "root_epoch = 2");
  CAPTURE(change);
  HeaderFixture f;
  f.forge("UPDATE header SET " + change);
  CHECK(f.refusal() == ErrorCode::CorruptHeader);
}

TEST_CASE("a header that was put together again exactly opens", "[header]") {
  HeaderFixture f;
  f.forge("UPDATE header SET format = format");
  CHECK_FALSE(f.refusal());
}

TEST_CASE("a vault under another identity opens with no key", "[header][tamper]") {
  HeaderFixture f;
  f.forge("UPDATE header SET vault_uuid = '00000000-0000-4000-8000-000000000000'");
  CHECK(f.refusal() == ErrorCode::WrongKey);
}

TEST_CASE("an edited key slot opens nothing", "[header][tamper]") {
  const auto [change, expected] = GENERATE(table<std::string, ErrorCode>({
      {"number = 2", ErrorCode::WrongKey},
      {"kind = 'passphrase'", ErrorCode::WrongKey},
      {"kind = 'nonsense'", ErrorCode::CorruptHeader},
      {"root_epoch = 2", ErrorCode::WrongKey},
      {"commitment = zeroblob(32)", ErrorCode::WrongKey},
      {"commitment = x'00'", ErrorCode::CorruptHeader},
      {"wrapped_root = zeroblob(80)", ErrorCode::CorruptHeader},
      {"wrapped_root = x'00'", ErrorCode::CorruptHeader},
  }));
  CAPTURE(change);
  HeaderFixture f;
  f.forge("UPDATE key_slot SET " + change);
  CHECK(f.refusal() == expected);
}

TEST_CASE("a slot that asks for more memory or passes than the ceiling is refused before it gets them",
          "[header][tamper]") {
  const std::string cost =
      GENERATE(as<std::string>(), "passes = 3, memory_bytes = 1099511627776",
               "passes = 1000000, memory_bytes = 67108864", "passes = -1, memory_bytes = 67108864",
               "passes = 3, memory_bytes = -1", "passes = 1, memory_bytes = 8192");
  CAPTURE(cost);
  HeaderFixture f;
  f.forge("UPDATE key_slot SET kind = 'passphrase', salt = zeroblob(16), " + cost);
  CHECK(f.refusal(Passphrase{Secret("guess"), {1, 8192, true}}) == ErrorCode::CorruptHeader);
}

TEST_CASE("a slot made cheaper in the file opens with no passphrase", "[header][tamper]") {
  HeaderFixture f;
  std::filesystem::remove(f.vault.path());
  const auto key = [] { return Passphrase{Secret("correct horse"), {2, 16384, true}}; };
  Database::open({f.vault.path(), key(), true}, f.env.random, *f.env.log);
  REQUIRE_FALSE(f.refusal(key()));
  f.forge("UPDATE key_slot SET passes = 1, memory_bytes = 8192");
  CHECK(f.refusal(key()) == ErrorCode::WrongKey);
}

TEST_CASE("a vault without slots, or with too many, is damaged", "[header][tamper]") {
  HeaderFixture f;
  const bool none = GENERATE(true, false);
  f.forge(none ? "DELETE FROM key_slot"
               : "INSERT INTO key_slot SELECT 9, kind, salt, passes, memory_bytes, for_tests, root_epoch, "
                 "commitment, "
                 "wrapped_root FROM key_slot");
  if (!none) {
    for (int i = 2; i <= 8; ++i) {
      f.forge(
          "INSERT INTO key_slot SELECT " + std::to_string(i) +
          ", kind, salt, passes, memory_bytes, for_tests, root_epoch, commitment, wrapped_root FROM key_slot "
          "WHERE number = 1");
    }
  }
  CHECK(f.refusal() == ErrorCode::CorruptHeader);
}

}  // namespace
}  // namespace coffer
