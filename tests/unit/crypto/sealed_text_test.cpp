#include "vault/crypto/sealed_text.h"

#include <catch2/catch.hpp>

#include "tests/support/test_env.h"
#include "vault/base/encoding.h"

using namespace coffer;

namespace {

struct World {
  coffer::testing::TestEnv outside;
  Keyring keys{coffer::testing::test_key(), 1, "vault-1"};

  std::string seal(std::string_view text) {
    return seal_text(keys, "state", as_bytes("alice"), text, outside.random);
  }
};

}  // namespace

TEST_CASE("a sealed text opens for the purpose and context it was made for, and shows nothing",
          "[sealed_text]") {
  World world;
  const std::string sealed = world.seal("the account is ca_1");
  CHECK(open_text(world.keys, "state", as_bytes("alice"), sealed) == "the account is ca_1");
  CHECK(from_base64url(sealed)->find("ca_1") == std::string::npos);
  CHECK_FALSE(open_text(world.keys, "state", as_bytes("bob"), sealed));
  CHECK_FALSE(open_text(world.keys, "other", as_bytes("alice"), sealed));
  KeyBytes other_root = coffer::testing::test_key();
  other_root.data()[0] ^= 1;
  CHECK_FALSE(open_text(Keyring(other_root, 1, "vault-1"), "state", as_bytes("alice"), sealed));
}

TEST_CASE("a sealed text that was changed anywhere does not open", "[sealed_text]") {
  World world;
  const std::string bytes = from_base64url(world.seal("x")).value();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    CAPTURE(i);
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(open_text(world.keys, "state", as_bytes("alice"), to_base64url(changed)));
  }
}

TEST_CASE("what was never sealed does not open", "[sealed_text]") {
  World world;
  for (const std::string& text :
       {std::string(), std::string("!"), std::string("QUJD"), std::string(9000, 'A')}) {
    CHECK_FALSE(open_text(world.keys, "state", as_bytes("alice"), text));
  }
}

TEST_CASE("what is longer than a sealed text may be is not even tried", "[sealed_text]") {
  World world;
  CHECK(open_text(world.keys, "state", as_bytes("alice"), world.seal(std::string(6000, 'x'))));
  CHECK_FALSE(open_text(world.keys, "state", as_bytes("alice"), world.seal(std::string(6200, 'x'))));
}
