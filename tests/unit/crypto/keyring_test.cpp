#include "vault/crypto/keyring.h"

#include <catch2/catch.hpp>
#include <set>

#include "tests/unit/crypto/crypto_fixture.h"

using namespace coffer;
using namespace coffer::testing;

// Known answers by Python's hashlib.blake2b. The subkey of purpose n is
// blake2b(b"", key=root, salt=n as 16 bytes little-endian, person=b"coffer01", digest_size=32).
namespace {

Keyring keyring(std::uint8_t root = 1, std::uint32_t epoch = 7, std::string uuid = std::string(kVaultUuid)) {
  return {key_from(root), epoch, std::move(uuid)};
}

}  // namespace

TEST_CASE("each purpose has its own subkey of the root key", "[crypto]") {
  const Keyring keys = keyring();
  const auto message = bytes_of("message");
  const auto mac = [&](Purpose purpose) { return to_hex(keys.mac(purpose, message)); };
  CHECK(mac(Purpose::Wrap) == "c543c80649c3c8580533ac65b38adcee658cfb4a6a9202b90351d5f6b13b6ae3");
  CHECK(mac(Purpose::RowMac) == "334ef5f5a309af15f0814bd078698fdee7f504af51bbb59b30b8d256df34b7ed");
  CHECK(mac(Purpose::SetDigest) == "f964286be2d0cd776988b3f51f0d82d953b2ac2ea759a87dcab8cc62e8df1ce8");
  CHECK(mac(Purpose::BlindIndex) == "a1b01f83427726b6c36e8b333fb6d173b4bc27633121b892e416fda7e6a29748");
  CHECK(mac(Purpose::TokenHash) == "b629c98b656de1becc4cedbda11f3f0eb588fd85026f5d25f8bf3212c3bf6f32");
  CHECK(mac(Purpose::Audit) == "a0d70d2cfcf758532e4e5ee7ee756f82f18cbe0f7368c6fc68f8fbd92b0b5ddd");
  CHECK(mac(Purpose::Header) == "902b925f229af48321550d82d784802769afbe9216163496680db8a5cfd063fc");
  CHECK(mac(Purpose::Account) == "a00aa6d073bda3056c54ad88959cbb61cc589af921d0c301d70318d59af06170");
  CHECK(to_hex(keys.wide_mac(message)) ==
        "37ac4a2b35b62e494df3b867845ab7510021dc23fcee63c84597d68c677a6547"
        "e4235d15343eb60f760e2b9db5d6590baf16e12862cac01ec1624f798eaaf80f");
}

TEST_CASE("another root key gives other subkeys", "[crypto]") {
  const auto message = bytes_of("message");
  CHECK(keyring(1).mac(Purpose::RowMac, message) != keyring(2).mac(Purpose::RowMac, message));
}

TEST_CASE("an account key is numbered by the root's epoch", "[crypto]") {
  const Keyring keys = keyring();
  CHECK(keys.account_key().id == 7);
  CHECK(keys.root_epoch() == 7);
}

// blake2b over both texts, each after its length as four bytes, with digest_size=16.
TEST_CASE("a blind index finds equal values of one kind in one vault", "[crypto]") {
  CHECK(keyring().blind_index("user", "alice") == "_3J6QlGdQRjRdleBALUHDg");
  const std::set<std::string> indexes = {
      keyring().blind_index("user", "alice"),  keyring().blind_index("user", "bob"),
      keyring().blind_index("user", "Alice"),  keyring().blind_index("user", ""),
      keyring().blind_index("alias", "alice"), keyring().blind_index("usera", "lice"),
      keyring(2).blind_index("user", "alice"),
  };
  CHECK(indexes.size() == 7);
}

// blake2b(len("link") "link" 32 blake2b(b"lk_1")), both keyed with the subkey of purpose 5.
TEST_CASE("a token is found by its hash of one kind in one vault", "[crypto]") {
  CHECK(to_hex(keyring().token_hash("link", "lk_1")) ==
        "a65270012c67fb6c82c6c1312bba1cfe58ab323aad707d820a48a59833fbeda9");
  const std::set<Mac> hashes = {
      keyring().token_hash("link", "lk_1"),
      keyring().token_hash("link", "lk_2"),
      keyring().token_hash("state", "lk_1"),
      keyring(2).token_hash("link", "lk_1"),
  };
  CHECK(hashes.size() == 4);
}

// Wrapped with a XChaCha20-Poly1305 written from the draft in Python.
TEST_CASE("a data key is wrapped as the storage format says", "[crypto]") {
  CountingRandom random;
  CHECK(to_hex(keyring().wrap(key_from(0x60), 5, "owner", random)) ==
        "c0fe010100000007404142434445464748494a4b4c4d4e4f5051525354555657"
        "f31fc1129b2d8881b84c90b5976995065fe20ffecfd6e9d37eb4b31fce04bc285c6d710475db70acee0d3958cfcd1ca4");
}

TEST_CASE("a wrapped data key unwraps for its owner under its number in its vault only", "[crypto]") {
  SeededRandom random(1);
  const Envelope wrapped = keyring().wrap(key_from(0x60), 5, "owner", random);
  CHECK(keyring().unwrap(wrapped, 5, "owner") == key_from(0x60));
  const std::string refused = "tampered_row: data key 5 fails authentication";
  CHECK(error_of([&] { keyring().unwrap(wrapped, 5, "other"); }) == refused);
  CHECK(error_of([&] { keyring().unwrap(wrapped, 6, "owner"); }) ==
        "tampered_row: data key 6 fails authentication");
  CHECK(error_of([&] { keyring(2).unwrap(wrapped, 5, "owner"); }) == refused);
  CHECK(error_of([&] { keyring(1, 8).unwrap(wrapped, 5, "owner"); }) == refused);
  CHECK(error_of([&] { keyring(1, 7, "another-uuid").unwrap(wrapped, 5, "owner"); }) == refused);
}

TEST_CASE("every flipped bit of a wrapped data key is refused", "[crypto]") {
  SeededRandom random(1);
  const Keyring keys = keyring();
  const Envelope wrapped = keys.wrap(key_from(0x60), 5, "owner", random);
  for (std::size_t bit = 0; bit < wrapped.size() * 8; ++bit) {
    CAPTURE(bit);
    REQUIRE(error_of([&] { keys.unwrap(with_bit_flipped(wrapped, bit), 5, "owner"); }) ==
            "tampered_row: data key 5 fails authentication");
  }
}

TEST_CASE("MACs are equal only as a whole", "[crypto]") {
  const Mac mac = keyring().mac(Purpose::RowMac, bytes_of("message"));
  const std::vector<std::uint8_t> bytes(mac.begin(), mac.end());
  CHECK(constant_time_equal(mac, bytes));
  CHECK_FALSE(constant_time_equal(mac, with_bit_flipped(bytes, 255)));
  CHECK_FALSE(constant_time_equal(mac, Bytes(bytes).first(31)));
  CHECK_FALSE(constant_time_equal(mac, {}));
}

// hashlib.blake2b(b"abc", digest_size=32)
TEST_CASE("the checksum needs no key", "[crypto]") {
  CHECK(to_hex(checksum(bytes_of("abc"))) ==
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}
