#include "vault/crypto/key_slot.h"

#include <catch2/catch.hpp>

#include "tests/unit/crypto/crypto_fixture.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

constexpr PassphraseCost kCheap{2, 64 << 10, true};

KeySlot key_slot() {
  CountingRandom random;
  return make_slot(key_from(0x20), 3, kVaultUuid, key_from(1), 1, random);
}

Passphrase passphrase(std::string_view text = "correct horse battery staple") {
  return {Secret(text), kCheap};
}

KeySlot passphrase_slot() {
  SeededRandom random(1);
  return make_slot(passphrase(), 2, kVaultUuid, key_from(1), 1, random);
}

bool opens(const KeySlot& slot, const KeyMaterial& material) {
  return unlock(slot, material, kVaultUuid).has_value();
}

std::string error_of_unlocking(const KeySlot& slot, const KeyMaterial& material) {
  return error_of([&] { unlock(slot, material, kVaultUuid); });
}

}  // namespace

// Subkeys and commitment by Python's hashlib.blake2b (person=b"cfslot01", salt=1 and 2), wrapped
// with a XChaCha20-Poly1305 written from the draft.
TEST_CASE("a key slot commits to its key and wraps the root as the storage format says", "[crypto]") {
  const KeySlot slot = key_slot();
  CHECK(to_hex(slot.commitment) == "0a00e99fff74c7475a4c56a9408a4d6050b53bd53a0ebd7ffdafa54fa9705f10");
  CHECK(to_hex(slot.wrapped_root) ==
        "c0fe010100000003404142434445464748494a4b4c4d4e4f5051525354555657"
        "5e99e341f7f0f68c2b551b7ed8beba0fd7347134a2cf4ce36105698aa43749402e2d78803b2b84f64d6d0d5d31356bcf");
}

TEST_CASE("a slot opens with its own key and gives the root key", "[crypto]") {
  CHECK(unlock(key_slot(), key_from(0x20), kVaultUuid) == key_from(1));
  CHECK(unlock(passphrase_slot(), passphrase(), kVaultUuid) == key_from(1));
}

TEST_CASE("a key that does not fit is no error, so that the next slot can be tried", "[crypto]") {
  CHECK_FALSE(opens(key_slot(), key_from(0x21)));
  CHECK_FALSE(opens(passphrase_slot(), passphrase("Correct horse battery staple")));
}

TEST_CASE("the commitment refuses a wrong key before anything is decrypted", "[crypto]") {
  KeySlot slot = key_slot();
  slot.wrapped_root.clear();
  CHECK_FALSE(opens(slot, key_from(0x21)));
}

TEST_CASE("a slot's kind decides which material is tried", "[crypto]") {
  CHECK_FALSE(opens(key_slot(), passphrase()));
  CHECK_FALSE(opens(passphrase_slot(), key_from(0x20)));
}

TEST_CASE("a damaged wrapping under the right key is told apart from a wrong key", "[crypto]") {
  const KeySlot slot = key_slot();
  for (std::size_t bit = 0; bit < slot.wrapped_root.size() * 8; ++bit) {
    CAPTURE(bit);
    KeySlot damaged = slot;
    damaged.wrapped_root = with_bit_flipped(slot.wrapped_root, bit);
    REQUIRE(error_of_unlocking(damaged, key_from(0x20)) == "corrupt_header: key slot 3 is damaged");
  }
}

TEST_CASE("a slot whose description was changed does not open", "[crypto]") {
  const KeySlot slot = passphrase_slot();
  const auto opens_after = [&](auto&& change) {
    KeySlot changed = slot;
    change(changed);
    return opens(changed, passphrase());
  };
  CHECK(opens_after([](KeySlot&) {}));
  CHECK_FALSE(opens_after([](KeySlot& s) { s.number = 1; }));
  CHECK_FALSE(opens_after([](KeySlot& s) { s.salt[0] ^= 1; }));
  CHECK_FALSE(opens_after([](KeySlot& s) { s.cost.passes = 3; }));
  CHECK_FALSE(opens_after([](KeySlot& s) { s.cost.memory_bytes += 1024; }));
  CHECK_FALSE(opens_after([](KeySlot& s) { s.root_epoch = 2; }));
  CHECK_FALSE(opens_after([](KeySlot& s) { s.commitment[31] ^= 1; }));
  CHECK_FALSE(unlock(slot, passphrase(), "another-uuid"));
}

TEST_CASE("a description that spells the same key is bound all the same", "[crypto]") {
  KeySlot slot = key_slot();
  slot.salt = {0};  // not used to derive the key
  CHECK_FALSE(opens(slot, key_from(0x20)));
}

TEST_CASE("a stored cost outside the limits is refused before memory is taken", "[crypto]") {
  const auto [cost, fault] = GENERATE(table<PassphraseCost, std::string>(
      {{PassphraseCost{2, 2ULL << 40, true}, "passphrase cost of 2097152 MiB and 2 passes"},
       {PassphraseCost{1'000'000, 64 << 20, false}, "passphrase cost of 64 MiB and 1000000 passes"},
       {PassphraseCost{2, 64 << 10, false}, "passphrase cost of 0 MiB and 2 passes"}}));
  KeySlot slot = passphrase_slot();
  slot.cost = cost;
  CHECK(error_of_unlocking(slot, passphrase()) ==
        "corrupt_header: key slot 2: " + fault + " is outside the limits");
}

TEST_CASE("a salt of the wrong size is a damaged header", "[crypto]") {
  KeySlot slot = passphrase_slot();
  slot.salt.pop_back();
  CHECK(error_of_unlocking(slot, passphrase()) == "corrupt_header: a key slot has a salt of the wrong size");
}

TEST_CASE("each passphrase slot draws its own salt", "[crypto]") {
  SeededRandom random(1);
  const KeySlot first = make_slot(passphrase(), 1, kVaultUuid, key_from(1), 1, random);
  const KeySlot second = make_slot(passphrase(), 1, kVaultUuid, key_from(1), 1, random);
  CHECK(first.salt.size() == kSaltSize);
  CHECK(first.salt != second.salt);
  CHECK(first.commitment != second.commitment);
}

TEST_CASE("slot kinds have the names that the header holds", "[crypto]") {
  for (const KeySlot::Kind kind : {KeySlot::Kind::Key, KeySlot::Kind::Passphrase}) {
    CHECK(parse_slot_kind(to_string(kind)) == kind);
  }
  CHECK(to_string(KeySlot::Kind::Key) == "key");
  CHECK(to_string(KeySlot::Kind::Passphrase) == "passphrase");
  CHECK_FALSE(parse_slot_kind("Key"));
  CHECK_FALSE(parse_slot_kind(""));
}
