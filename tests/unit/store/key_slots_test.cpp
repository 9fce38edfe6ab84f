#include "vault/store/key_slots.h"

#include <catch2/catch.hpp>
#include <utility>

#include "tests/unit/store/store_fixture.h"
#include "vault/base/encoding.h"

namespace coffer {
namespace {

using header::SlotEntry;
using testing::code_of;
using testing::first_key;
using testing::make_connection;
using testing::passphrase;
using testing::StoreFixture;

KeySource key_number(std::uint8_t number) {
  KeyBytes key = testing::test_key();
  key.data()[0] = static_cast<std::uint8_t>(0x80 + number);
  return RawKey{std::move(key)};
}

// A vault with an account, closed, and its one key.
struct SlotFixture : StoreFixture {
  SlotFixture() {
    vault.write([](WriteTransaction& tx) { connection_store::insert(tx, make_connection()); });
    vault.close();
  }
  VaultLocation by(KeySource key) { return {vault.path(), std::move(key), false}; }
  std::int64_t add(KeySource key, KeySource added) {
    return key_slots::add(by(std::move(key)), std::move(added), env.random);
  }
  // Opens, with all of it still there.
  bool opens(KeySource key) {
    return !code_of([&] {
      const auto database = Database::open(by(std::move(key)), env.random, *env.log);
      CHECK(database->check().empty());
      CHECK(connection_store::find(*database->read(), ConnectionId("ca_1")));
    });
  }
  std::string wrapped_root(int slot) {
    return ask("SELECT hex(wrapped_root) FROM key_slot WHERE number = " + std::to_string(slot));
  }
};

TEST_CASE("a second slot opens the same vault, by key or by passphrase", "[slots]") {
  SlotFixture f;
  CHECK(f.add(first_key(), passphrase("correct horse")) == 2);
  CHECK(f.add(passphrase("correct horse"), key_number(3)) == 3);
  CHECK(f.opens(first_key()));
  CHECK(f.opens(passphrase("correct horse")));
  CHECK(f.opens(key_number(3)));
  CHECK_FALSE(f.opens(key_number(4)));
  CHECK_FALSE(f.opens(passphrase("wrong horse")));
}

TEST_CASE("a removed slot that the file still holds, because another program reads it, is said", "[slots]") {
  SlotFixture f;
  f.add(first_key(), key_number(2));
  std::optional<SqlConnection> reader(std::in_place, f.vault.path(), SqlConnection::Access::Read);
  reader->execute("BEGIN; SELECT count(*) FROM key_slot");
  CHECK(code_of([&] { key_slots::remove(f.by(first_key()), 2); }) == ErrorCode::WrongState);
  reader.reset();
  CHECK(key_slots::list(f.by(first_key())).size() == 1);  // and writes the log back
  CHECK_FALSE(std::filesystem::exists(f.vault.path().string() + "-wal"));
}

TEST_CASE("slots are listed to whoever opens one", "[slots]") {
  SlotFixture f;
  f.add(first_key(), passphrase("correct horse"));
  const std::vector<SlotEntry> slots = key_slots::list(f.by(passphrase("correct horse")));
  REQUIRE(slots.size() == 2);
  CHECK(slots[0].number == 1);
  CHECK(slots[0].kind == KeySlot::Kind::Key);
  CHECK_FALSE(slots[0].is_opened);
  CHECK(slots[1].number == 2);
  CHECK(slots[1].kind == KeySlot::Kind::Passphrase);
  CHECK(slots[1].is_opened);
  CHECK(code_of([&] { key_slots::list(f.by(key_number(9))); }) == ErrorCode::WrongKey);
}

TEST_CASE("a removed slot opens nothing, and its number is given again", "[slots]") {
  SlotFixture f;
  f.add(first_key(), key_number(2));
  f.add(first_key(), key_number(3));
  key_slots::remove(f.by(first_key()), 2);
  CHECK_FALSE(f.opens(key_number(2)));
  CHECK(f.opens(key_number(3)));
  CHECK(f.opens(first_key()));
  CHECK(f.add(first_key(), passphrase("correct horse")) == 2);
  CHECK(f.opens(passphrase("correct horse")));
  CHECK(f.opens(key_number(3)));
}

TEST_CASE("a passphrase is changed by adding the new one and removing the old one with it", "[slots]") {
  SlotFixture f;
  f.add(first_key(), passphrase("old words"));
  CHECK(f.add(passphrase("old words"), passphrase("new words")) == 3);
  key_slots::remove(f.by(passphrase("new words")), 2);
  CHECK_FALSE(f.opens(passphrase("old words")));
  CHECK(f.opens(passphrase("new words")));
}

TEST_CASE("a passphrase that anybody could try out makes no slot", "[slots]") {
  SlotFixture f;
  CHECK(code_of([&] { f.add(first_key(), passphrase("7 bytes")); }) == ErrorCode::InvalidArgument);
  CHECK(f.add(first_key(), passphrase("8 bytes.")) == 2);
  CHECK(f.opens(passphrase("8 bytes.")));
}

TEST_CASE("the way in that is being used cannot be removed", "[slots]") {
  SlotFixture f;
  CHECK(code_of([&] { key_slots::remove(f.by(first_key()), 1); }) == ErrorCode::WrongState);
  CHECK(code_of([&] { key_slots::remove(f.by(first_key()), 2); }) == ErrorCode::NotFound);
  CHECK(f.opens(first_key()));
}

TEST_CASE("a key has one slot, and a vault has eight", "[slots]") {
  SlotFixture f;
  CHECK(code_of([&] { f.add(first_key(), first_key()); }) == ErrorCode::Conflict);
  for (std::uint8_t number = 2; number <= 8; ++number)
    CHECK(f.add(first_key(), key_number(number)) == number);
  CHECK(code_of([&] { f.add(first_key(), key_number(9)); }) == ErrorCode::Conflict);
  CHECK_FALSE(f.opens(key_number(9)));
  CHECK(f.opens(key_number(8)));
}

TEST_CASE("slots are changed by nobody without a key, and not while the vault is served", "[slots]") {
  SlotFixture f;
  CHECK(code_of([&] { f.add(key_number(9), key_number(2)); }) == ErrorCode::WrongKey);
  CHECK(code_of([&] { f.add(first_key(), passphrase("")); }) == ErrorCode::InvalidArgument);
  CHECK(key_slots::list(f.by(first_key())).size() == 1);
  f.vault.open();
  CHECK(code_of([&] { f.add(first_key(), key_number(2)); }) == ErrorCode::VaultInUse);
}

TEST_CASE("the wrapped root key of a removed slot leaves the file", "[slots]") {
  SlotFixture f;
  f.add(first_key(), key_number(2));
  const std::string hex = f.wrapped_root(2);
  const std::string before = f.bytes();
  f.vault.close();
  const std::string wrapped = from_hex(hex).value();
  REQUIRE(before.find(wrapped) != std::string::npos);
  key_slots::remove(f.by(first_key()), 2);
  f.vault.open();
  CHECK(f.bytes().find(wrapped) == std::string::npos);
}

TEST_CASE("a slot copied in from an older file is found by the header's sums", "[slots][tamper]") {
  SlotFixture f;
  f.add(first_key(), key_number(2));
  const std::string aside = (f.vault.directory() / "aside.db").string();
  f.run("ATTACH '" + aside + "' AS aside; CREATE TABLE aside.key_slot AS SELECT * FROM key_slot");
  f.vault.close();
  key_slots::remove(f.by(first_key()), 2);
  CHECK(code_of([&] {
          f.run("ATTACH '" + aside +
                "' AS aside; INSERT INTO key_slot SELECT * FROM aside.key_slot WHERE number = 2");
        }) == ErrorCode::CorruptHeader);
}

}  // namespace
}  // namespace coffer
