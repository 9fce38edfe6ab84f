#include "vault/events/webhook_secret.h"

#include <catch2/catch.hpp>

#include "vault/base/encoding.h"

using namespace coffer;

TEST_CASE("a webhook secret is whsec_ and the base64 of 32 random bytes", "[events]") {
  SeededRandom random(1);
  const Secret first = new_webhook_secret(random);
  const Secret second = new_webhook_secret(random);
  REQUIRE(first.expose().starts_with("whsec_"));
  const auto key = from_base64(first.expose().substr(6));
  REQUIRE(key);
  CHECK(key->size() == 32);
  CHECK_FALSE(first == second);
}
