#include "vault/crypto/sealer.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "tests/unit/crypto/crypto_fixture.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

// XChaCha20-Poly1305 with the nonce 40 41 .. 57, as draft-irtf-cfrg-xchacha-03 A.3.1 has it.
constexpr std::string_view kNonceHex = "404142434445464748494a4b4c4d4e4f5051525354555657";

Binding binding() {
  return {kVaultUuid, "connection", "ca_1", "owner", "gmail", "ac_1", "credential", 4};
}

Plaintext record_of(std::string_view text) {
  Plaintext record;
  record.append(as_bytes(text));
  return record;
}

// Sealed under key 9.
Envelope sealed(std::string_view text) {
  CountingRandom random;
  return seal(numbered(key_from(0x20), 9), binding(), record_of(text), random);
}

std::string error_of_opening(Bytes envelope, const Binding& bound_to = binding(), std::uint32_t key_id = 9) {
  return error_of([&] { open(numbered(key_from(0x20), key_id), bound_to, envelope); });
}

}  // namespace

TEST_CASE("an envelope holds the cipher's published vector after head and nonce", "[crypto]") {
  const std::string_view plaintext =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
      "sunscreen would be it.";
  const auto associated_data = bytes_of_hex("50515253c0c1c2c3c4c5c6c7");
  CountingRandom random;
  const Envelope envelope =
      encrypt(numbered(key_from(0x80), 0x01020304), associated_data, as_bytes(plaintext), random);
  CHECK(to_hex(envelope) ==
        "c0fe010101020304" + std::string(kNonceHex) +
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39"
            "ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
            "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49");
}

// Associated data joined and sealed with a XChaCha20-Poly1305 written from the draft in Python.
TEST_CASE("a record is padded, bound to its place and sealed as the storage format says", "[crypto]") {
  CHECK(to_hex(sealed("record")) ==
        "c0fe010100000009" + std::string(kNonceHex) +
            "48440ec65402fddf777eef38e463e225f955c7e3d61702433481c12f8e3fc9128a2b41b37cd5fc5f0bf1f5ad3ee8cd1b"
            "fbf9db6fe740bb9fe732c54f4a2d451abe7f35479afc044c86db8a0a0d2f8d7e8c2119f7a58afe4b04842cef555dbcd2"
            "e7d89ea39b27d595ea2835209a115258dd14ec4ca1f8ac2b2ed2d459e1b81736bb1effa3d2ee6b6bf2c404fe5967da6f"
            "f3fd04a84fb46473ece8430920ba66cb8945eec4f08342ec4348322ceecff4a243d46cd26581c1382d4af408cc799d8d"
            "73090abb5f6702c12370358704ae2d93a38c699b542c3fd47059322fc188ef73bfdaed05592f29e278ca0d791ca4282a"
            "a218714213625c175507de505878fb5cbd8ce74684c1525c4d57a1319bb80285");
}

TEST_CASE("a sealed record opens with its key at its place, zeros after it", "[crypto]") {
  Plaintext record = open(numbered(key_from(0x20), 9), binding(), sealed("record"));
  REQUIRE(record.size() == 256);
  CHECK(std::string_view(reinterpret_cast<const char*>(record.data()), 6) == "record");
  CHECK(std::all_of(record.data() + 6, record.data() + 256, [](std::uint8_t byte) { return byte == 0; }));
}

TEST_CASE("every flipped bit of an envelope is refused", "[crypto]") {
  const Envelope envelope = sealed("record");
  for (std::size_t bit = 0; bit < envelope.size() * 8; ++bit) {
    CAPTURE(bit);
    REQUIRE(error_of_opening(with_bit_flipped(envelope, bit)).starts_with("tampered_row: connection ca_1 "));
  }
}

TEST_CASE("an envelope cut at any place or grown is refused", "[crypto]") {
  Envelope envelope = sealed("record");
  for (std::size_t size = 0; size < envelope.size(); ++size) {
    CAPTURE(size);
    REQUIRE(error_of_opening(Bytes(envelope).first(size)) != "no error");
  }
  envelope.push_back(0);
  CHECK(error_of_opening(envelope) == "tampered_row: connection ca_1 fails authentication");
}

TEST_CASE("the error says what of the envelope's head is unknown", "[crypto]") {
  struct Case {
    std::size_t place;
    std::uint8_t value;
    std::string fault;
  };
  const auto [place, value, fault] =
      GENERATE(values<Case>({{0, 0x00, "is not a sealed record"},
                             {1, 0x00, "is not a sealed record"},
                             {2, 2, "is sealed in the unknown format 2"},
                             {3, 7, "is sealed by the unknown algorithm 7"},
                             {4, 1, "is sealed with key 16777225 instead of 9"},
                             {7, 10, "is sealed with key 10 instead of 9"},
                             {8, 0, "fails authentication"}}));  // the nonce
  Envelope envelope = sealed("record");
  envelope[place] = value;
  CHECK(error_of_opening(envelope) == "tampered_row: connection ca_1 " + fault);
  CHECK(error_of_opening(Bytes(envelope).first(47)) == "tampered_row: connection ca_1 is cut short");
}

TEST_CASE("a record opens nowhere but where it was sealed", "[crypto]") {
  const Envelope envelope = sealed("record");
  const auto elsewhere = [&](auto&& change) {
    Binding other = binding();
    change(other);
    return error_of_opening(envelope, other);
  };
  CHECK(elsewhere([](Binding&) {}) == "no error");
  CHECK(elsewhere([](Binding& b) { b.vault_uuid = "123e4567-e89b-42d3-a456-426614174001"; }) != "no error");
  CHECK(elsewhere([](Binding& b) { b.table = "link"; }) != "no error");
  CHECK(elsewhere([](Binding& b) { b.row_id = "ca_2"; }) != "no error");
  CHECK(elsewhere([](Binding& b) { b.owner = "other"; }) != "no error");
  CHECK(elsewhere([](Binding& b) { b.toolkit = "slack"; }) != "no error");
  CHECK(elsewhere([](Binding& b) { b.auth_config = "ac_2"; }) != "no error");
  CHECK(elsewhere([](Binding& b) { b.field = "details"; }) != "no error");
  CHECK(elsewhere([](Binding& b) { b.generation = 3; }) != "no error");
  CHECK(elsewhere([](Binding& b) { std::swap(b.toolkit, b.auth_config); }) != "no error");
  // The same bytes end to end, cut elsewhere.
  CHECK(elsewhere([](Binding& b) { b.owner = "ownerg", b.toolkit = "mail"; }) != "no error");
}

TEST_CASE("another key does not open a record, even under the same number", "[crypto]") {
  const Envelope envelope = sealed("record");
  CHECK(error_of([&] { open(numbered(key_from(0x21), 9), binding(), envelope); }) ==
        "tampered_row: connection ca_1 fails authentication");
}

TEST_CASE("a key of another number does not open a record, even with the same bytes", "[crypto]") {
  CHECK(error_of_opening(sealed("record"), binding(), 10) ==
        "tampered_row: connection ca_1 is sealed with key 9 instead of 10");
}

TEST_CASE("the length of an envelope tells no more than the record's bucket", "[crypto]") {
  std::set<std::size_t> sizes;
  for (std::size_t length = 1; length <= 256; ++length) sizes.insert(sealed(std::string(length, 'x')).size());
  CHECK(sizes == std::set<std::size_t>{256 + 48});
  CHECK(sealed(std::string(257, 'x')).size() == 512 + 48);
  CHECK(sealed(std::string(512, 'x')).size() == 512 + 48);
}

TEST_CASE("two envelopes of one record have nothing in common but their head", "[crypto]") {
  SeededRandom random(1);
  const KeyBytes key = key_from(0x20);
  const Envelope first = seal(numbered(key, 9), binding(), record_of("record"), random);
  const Envelope second = seal(numbered(key, 9), binding(), record_of("record"), random);
  CHECK(std::equal(first.begin(), first.begin() + 8, second.begin()));
  CHECK_FALSE(std::equal(first.begin() + 8, first.begin() + 32, second.begin() + 8));
  CHECK_FALSE(std::equal(first.begin() + 32, first.end(), second.begin() + 32));
}

TEST_CASE("an envelope is not decrypted into a space of another size", "[crypto]") {
  CountingRandom random;
  const KeyBytes key = key_from(0x20);
  Envelope envelope = encrypt(numbered(key, 1), {}, as_bytes("0123456789"), random);
  std::vector<std::uint8_t> out(11);
  CHECK_FALSE(decrypt(numbered(key, 1), {}, envelope, out));
  CHECK_FALSE(decrypt(numbered(key, 1), {}, envelope, std::span(out).first(9)));
  CHECK(decrypt(numbered(key, 1), {}, envelope, std::span(out).first(10)));
  envelope.push_back(0);
  CHECK_FALSE(decrypt(numbered(key, 1), {}, envelope, std::span(out).first(10)));
}

TEST_CASE("an unpadded envelope does not pass for a record", "[crypto]") {
  CountingRandom random;
  const KeyBytes key = key_from(0x20);
  const std::vector<std::uint8_t> place = bytes_of("place");
  CHECK_FALSE(open(numbered(key, 1), place, encrypt(numbered(key, 1), place, as_bytes("short"), random)));
  CHECK(open(numbered(key, 1), place, seal(numbered(key, 1), place, record_of("short"), random)));
}

TEST_CASE("the tag by which a row is authenticated is the envelope's end", "[crypto]") {
  const Envelope envelope = sealed("record");
  const Bytes tag = tag_of(envelope);
  CHECK(to_hex(tag) == "bd8ce74684c1525c4d57a1319bb80285");
  CHECK(to_hex(tag_of(bytes_of_hex("0102"))) == "0102");
}
