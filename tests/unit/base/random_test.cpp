#include "vault/base/random.h"

#include <array>
#include <catch2/catch.hpp>
#include <set>

#include "vault/base/encoding.h"

using namespace coffer;

namespace {

std::array<std::uint8_t, 16> draw(Random& random) {
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  return bytes;
}

}  // namespace

TEST_CASE("the same seed gives the same bytes, another seed others", "[base]") {
  SeededRandom one(7);
  SeededRandom same(7);
  SeededRandom other(8);
  const auto first = draw(one);
  CHECK(draw(same) == first);
  CHECK(draw(other) != first);
  const auto second = draw(one);
  CHECK(second != first);
  CHECK(draw(same) == second);
}

TEST_CASE("system randomness does not repeat", "[base]") {
  SystemRandom random;
  CHECK(draw(random) != draw(random));
}

TEST_CASE("numbers below a bound reach every value and never the bound", "[base]") {
  SeededRandom random(1);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 300; ++i) seen.insert(random_below(random, 7));
  CHECK(seen == std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6});
  CHECK(random_below(random, 0) == 0);
  CHECK(random_below(random, 1) == 0);
  for (int i = 0; i < 100; ++i) CHECK(random_below(random, UINT64_MAX) < UINT64_MAX);
}

TEST_CASE("an id is its prefix and base64url of its bytes", "[base]") {
  SeededRandom random(1);
  const std::string id = random_id(random, "ca_");
  CHECK(id.size() == 3 + 12);
  CHECK(id.starts_with("ca_"));
  CHECK(from_base64url(id.substr(3)).value().size() == 9);
  CHECK(random_id(random, "ca_") != id);
}

TEST_CASE("a random secret has 256 bits in 43 characters", "[base]") {
  SeededRandom random(1);
  const Secret secret = random_secret(random, "lk_");
  CHECK(secret.size() == 3 + 43);
  CHECK(secret.expose().starts_with("lk_"));
  CHECK_FALSE(random_secret(random, "lk_") == secret);
}

TEST_CASE("random keys differ", "[base]") {
  SeededRandom random(1);
  const KeyBytes one = random_key(random);
  CHECK_FALSE(one == random_key(random));
  CHECK_FALSE(one == KeyBytes());
}

TEST_CASE("a UUID has the marks of version 4", "[base]") {
  SeededRandom random(3);
  for (int i = 0; i < 50; ++i) {
    const std::string uuid = random_uuid(random);
    REQUIRE(uuid.size() == 36);
    CHECK(uuid[8] == '-');
    CHECK(uuid[13] == '-');
    CHECK(uuid[18] == '-');
    CHECK(uuid[23] == '-');
    CHECK(uuid[14] == '4');
    CHECK(std::string("89ab").find(uuid[19]) != std::string::npos);
    CHECK(uuid.find_first_not_of("0123456789abcdef-") == std::string::npos);
  }
}
