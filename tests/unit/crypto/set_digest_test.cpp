#include "vault/crypto/set_digest.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/crypto/crypto_fixture.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

const Keyring& keys() {
  static const Keyring keyring(key_from(1), 1, std::string(kVaultUuid));
  return keyring;
}

std::vector<std::uint8_t> row_mac(std::uint8_t byte) {
  return std::vector<std::uint8_t>(32, byte);
}

SetDigest digest_of(const std::vector<std::uint8_t>& rows) {
  SetDigest digest;
  for (const std::uint8_t row : rows) digest.add(keys(), "connection", row_mac(row));
  return digest;
}

}  // namespace

// Python: the sum of int.from_bytes(blake2b-512 of each element, "little"), modulo 2**512.
TEST_CASE("a set's digest is the sum of its rows' hashes, least significant byte first", "[crypto]") {
  CHECK(to_hex(digest_of({1, 2, 3, 4, 5, 6, 7, 8}).value()) ==
        "6ea00a688442402505dc617dd5fe19750f436a5531a2fca1c13bdd375b183683"
        "f73aec2d0527b8e0b957eec9d82fe060a0d4664a9c2b1d8002a7494165b73e0c");
}

TEST_CASE("the order in which rows came does not matter", "[crypto]") {
  std::vector<std::uint8_t> rows = {1, 2, 3, 4};
  const SetDigest expected = digest_of(rows);
  while (std::next_permutation(rows.begin(), rows.end())) CHECK(digest_of(rows) == expected);
}

TEST_CASE("a row that is taken out leaves the digest of the others", "[crypto]") {
  SetDigest digest = digest_of({1, 2, 3});
  digest.remove(keys(), "connection", row_mac(2));
  CHECK(digest == digest_of({1, 3}));
  digest.remove(keys(), "connection", row_mac(3));
  digest.remove(keys(), "connection", row_mac(1));
  CHECK(digest == SetDigest());
}

TEST_CASE("rows that are missing, doubled, changed or of another table change the digest", "[crypto]") {
  const SetDigest digest = digest_of({1, 2, 3});
  CHECK_FALSE(digest_of({1, 2}) == digest);
  CHECK_FALSE(digest_of({1, 2, 3, 3}) == digest);
  CHECK_FALSE(digest_of({1, 2, 4}) == digest);
  SetDigest other_table = digest_of({1, 2});
  other_table.add(keys(), "link", row_mac(3));
  CHECK_FALSE(other_table == digest);
}

TEST_CASE("another vault's digest of the same rows is another", "[crypto]") {
  const Keyring other(key_from(2), 1, std::string(kVaultUuid));
  SetDigest digest;
  digest.add(other, "connection", row_mac(1));
  CHECK_FALSE(digest == digest_of({1}));
}

TEST_CASE("a stored digest is taken up where it was left", "[crypto]") {
  SetDigest stored(digest_of({1, 2}).value());
  stored.add(keys(), "connection", row_mac(3));
  CHECK(stored == digest_of({1, 2, 3}));
}
