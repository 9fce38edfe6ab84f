#include "vault/crypto/plaintext.h"

#include <catch2/catch.hpp>

#include "tests/unit/crypto/crypto_fixture.h"

using namespace coffer;
using namespace coffer::testing;

TEST_CASE("a plaintext keeps its bytes while it grows", "[crypto]") {
  Plaintext text;
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    const std::string piece = std::to_string(i) + ",";
    text.append(as_bytes(piece));
    expected += piece;
  }
  CHECK(to_hex(text.bytes()) == to_hex(as_bytes(expected)));
}

TEST_CASE("bytes that resizing adds are zero, even where others were before", "[crypto]") {
  Plaintext text;
  text.append(bytes_of_hex("010203"));
  text.resize(1);
  text.resize(4);
  CHECK(to_hex(text.bytes()) == "01000000");
}

TEST_CASE("a plaintext that was moved from is empty", "[crypto]") {
  Plaintext first;
  first.append(bytes_of_hex("0102"));
  Plaintext second(std::move(first));
  CHECK(first.size() == 0);  // NOLINT(bugprone-use-after-move): the contract
  CHECK(to_hex(second.bytes()) == "0102");
  Plaintext third(5);
  third = std::move(second);
  CHECK(to_hex(third.bytes()) == "0102");
}
