#include "vault/base/secret.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <type_traits>

#include "vault/base/secret_arena.h"

using namespace coffer;

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(!std::is_copy_constructible_v<KeyBytes> && !std::is_copy_assignable_v<KeyBytes>);
static_assert(std::is_nothrow_move_constructible_v<Secret> && std::is_nothrow_move_constructible_v<KeyBytes>);
static_assert(!std::is_convertible_v<std::string, Secret>);

TEST_CASE("a secret gives back what it was given, NUL bytes included", "[base]") {
  const std::string text("a\0b", 3);
  const Secret secret{std::string_view(text)};
  CHECK(secret.expose() == text);
  CHECK(secret.size() == 3);
  CHECK(Secret().empty());
  CHECK(Secret().expose().empty());
}

TEST_CASE("consuming a text leaves nothing where it was", "[base]") {
  std::string text = "a-long-enough-access-token-on-the-heap";
  const char* place = text.data();
  const std::size_t size = text.size();
  const Secret secret = Secret::consume(text);
  CHECK(secret.expose() == "a-long-enough-access-token-on-the-heap");
  CHECK(text.empty());
  REQUIRE(text.capacity() >= size);  // the same memory, still owned
  CHECK(std::string(place, size) == std::string(size, '\0'));
}

TEST_CASE("wiping a short text wipes the bytes inside the object", "[base]") {
  std::string text = "short";
  const char* place = text.data();
  wipe(text);
  CHECK(std::memcmp(place, "\0\0\0\0\0", 5) == 0);
}

TEST_CASE("moving leaves the source empty", "[base]") {
  Secret from{std::string_view("token")};
  Secret to = std::move(from);
  CHECK(to.expose() == "token");
  CHECK(from.empty());
  Secret other{std::string_view("other")};
  other = std::move(to);
  CHECK(other.expose() == "token");
  CHECK(to.empty());
}

TEST_CASE("a clone is equal and its own", "[base]") {
  Secret one{std::string_view("token")};
  const Secret two = one.clone();
  CHECK(one == two);
  one = Secret();
  CHECK(two.expose() == "token");
  CHECK_FALSE(one == two);
  CHECK(Secret() == Secret());
}

TEST_CASE("secrets are equal only whole", "[base]") {
  CHECK_FALSE(Secret(std::string_view("token")) == Secret(std::string_view("token2")));
  CHECK_FALSE(Secret(std::string_view("token")) == Secret(std::string_view("tokem")));
  CHECK(constant_time_equal("", ""));
  CHECK_FALSE(constant_time_equal("", "a"));
}

TEST_CASE("what may be shown is bullets, and four characters of long values only", "[base]") {
  CHECK(Secret().redacted() == "••••");
  CHECK(Secret(std::string_view("short-value")).redacted() == "••••");
  CHECK(Secret(std::string_view("longer-value")).redacted() == "••••alue");
  CHECK(Secret(std::string_view("sk_live_0123456789ab9f3a")).redacted() == "••••9f3a");
}

TEST_CASE("memory is wiped before it is used again", "[base]") {
  const std::size_t size = GENERATE(1, 32, 33, 600, 5000, 65536);
  std::uint8_t* first = secret_arena::allocate(size);
  std::memset(first, 0xAB, size);
  secret_arena::release(first, size);
  std::uint8_t* second = secret_arena::allocate(size);
  REQUIRE(second == first);  // last released, first given out
  CHECK(std::all_of(second, second + size, [](std::uint8_t byte) { return byte == 0; }));
  secret_arena::release(second, size);
}

TEST_CASE("secrets of any size and number live side by side", "[base]") {
  std::vector<Secret> secrets;
  for (std::size_t size = 0; size < 3000; size += 7)
    secrets.emplace_back(std::string_view(std::string(size, static_cast<char>('a' + size % 26))));
  secrets.emplace_back(std::string_view(std::string(1 << 20, 'z')));
  for (std::size_t i = 0; i + 1 < secrets.size(); ++i) {
    REQUIRE(secrets[i].expose() == std::string(i * 7, static_cast<char>('a' + i * 7 % 26)));
  }
  CHECK(secrets.back().size() == 1 << 20);
}

TEST_CASE("a key starts as zeros, and compares by value", "[base]") {
  KeyBytes key;
  for (std::size_t i = 0; i < KeyBytes::kSize; ++i) CHECK(key.data()[i] == 0);
  key.data()[31] = 1;
  const KeyBytes copy = key.clone();
  CHECK(copy == key);
  key.data()[31] = 2;
  CHECK_FALSE(copy == key);
}
