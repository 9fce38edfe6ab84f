#include "vault/crypto/length_prefixed.h"

#include <catch2/catch.hpp>
#include <set>

#include "tests/unit/crypto/crypto_fixture.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

std::string joined(const std::vector<std::string>& fields) {
  LengthPrefixed message;
  for (const std::string& field : fields) message.add(field);
  return to_hex(message.bytes());
}

// Every way to cut a text into pieces, empty ones left out.
std::vector<std::vector<std::string>> cuts_of(const std::string& text) {
  std::vector<std::vector<std::string>> all;
  for (unsigned cuts = 0; cuts < 1U << (text.size() - 1); ++cuts) {
    std::vector<std::string> pieces(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
      pieces.back() += text[i];
      if (cuts >> i & 1) pieces.emplace_back();
    }
    all.push_back(pieces);
  }
  return all;
}

}  // namespace

TEST_CASE("a field is its length in four bytes and its bytes, a number eight bytes", "[crypto]") {
  LengthPrefixed message;
  message.add("ab").add("").add(std::int64_t{258}).add(std::int64_t{-1}).add(Bytes(bytes_of_hex("00ff")));
  CHECK(to_hex(message.bytes()) ==
        "00000002"  // "ab"
        "6162"
        "00000000"  // ""
        "00000008"  // 258
        "0000000000000102"
        "00000008"  // -1
        "ffffffffffffffff"
        "00000002"  // 00 ff
        "00ff");
}

TEST_CASE("lists of fields that join to one text are told apart", "[crypto]") {
  const auto lists = cuts_of("abcdefgh");
  REQUIRE(lists.size() == 128);
  std::set<std::string> seen;
  for (const auto& list : lists) seen.insert(joined(list));
  CHECK(seen.size() == lists.size());
}

TEST_CASE("empty fields count", "[crypto]") {
  const std::set<std::string> seen = {joined({}), joined({""}), joined({"", ""}), joined({"", "a"}),
                                      joined({"a", ""})};
  CHECK(seen.size() == 5);
}

TEST_CASE("a long message is the same bytes as a short one, only more", "[crypto]") {
  LengthPrefixed message;
  std::string expected;
  for (const std::size_t size : {630UL, 5UL, 1UL, 2000UL, 3UL}) {
    const std::string field(size, 'x');
    message.add(field);
    expected += joined({field});
  }
  CHECK(to_hex(message.bytes()) == expected);
}
