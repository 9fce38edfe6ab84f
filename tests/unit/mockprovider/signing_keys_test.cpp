#include "mockprovider/signing_keys.h"

#include "mockprovider/rsa_keys.h"
#include "tests/unit/mockprovider/jwt_reading.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;

namespace {

std::string sign(SigningKeys& keys, SigningAlgorithm algorithm) {
  const JwtSigner signer = keys.signer("p", algorithm);
  return signer.sign(signer.signing_input("JWT", {{"sub", "s"}}));
}

}  // namespace

TEST_CASE("Ed25519 signs as RFC 8037 appendix A.4 does", "[signing]") {
  const PrivateKey key =
      PrivateKey::ed25519(from_base64url("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").value());
  CHECK(key.public_jwk() ==
        Json({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}));
  CHECK(to_base64url(key.sign("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc")) ==
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
}

TEST_CASE("what is signed is believed by the published key alone", "[signing]") {
  const auto algorithm = GENERATE(SigningAlgorithm::RS256, SigningAlgorithm::EdDSA);
  SigningKeys keys(1);
  Jwt jwt = read_jwt(sign(keys, algorithm));
  CHECK(jwt.header["typ"] == "JWT");
  CHECK(jwt.header["alg"] == std::string(name_of(algorithm)));
  CHECK(is_signed_by(jwt, keys.jwks("p")));
  jwt.signed_text.back() ^= 1;
  CHECK_FALSE(is_signed_by(jwt, keys.jwks("p")));
}

TEST_CASE("a key set says what RFC 7517 wants and nothing private", "[signing]") {
  SigningKeys keys(1);
  const Json set = keys.jwks("p");
  REQUIRE(set["keys"].size() == 2);
  CHECK(set["keys"][0]["alg"] == "RS256");
  CHECK(set["keys"][0]["e"] == "AQAB");
  CHECK(from_base64url(set["keys"][0]["n"].get<std::string>()).value().size() == 256);
  CHECK(set["keys"][1]["alg"] == "EdDSA");
  for (const auto& key : set["keys"]) {
    CHECK(key["use"] == "sig");
    CHECK_FALSE(key.contains("d"));
    CHECK_FALSE(key.contains("p"));
  }
}

TEST_CASE("after a rotation the old keys are published once more, or not at all", "[signing]") {
  SigningKeys keys(1);
  const Jwt old = read_jwt(sign(keys, SigningAlgorithm::RS256));
  SECTION("kept") {
    keys.rotate("p", true);
    CHECK(is_signed_by(old, keys.jwks("p")));
    keys.rotate("p", true);
    CHECK_FALSE(is_signed_by(old, keys.jwks("p")));
  }
  SECTION("dropped") {
    keys.rotate("p", false);
    CHECK_FALSE(is_signed_by(old, keys.jwks("p")));
  }
  SECTION("of another provider") {
    keys.rotate("q", false);
    CHECK(is_signed_by(old, keys.jwks("p")));
  }
  const Jwt fresh = read_jwt(sign(keys, SigningAlgorithm::RS256));
  CHECK(is_signed_by(fresh, keys.jwks("p")));
}

TEST_CASE("no two published keys are the same key", "[signing]") {
  SigningKeys keys(1);
  for (std::size_t i = 0; i < 2 * kRsaKeys; ++i) {
    keys.rotate("p", true);
    const Json set = keys.jwks("p")["keys"];
    REQUIRE(set.size() == 4);
    CHECK(set[0]["n"] != set[2]["n"]);
    CHECK(set[1]["x"] != set[3]["x"]);
    CHECK(set[0]["kid"] != set[2]["kid"]);
  }
}

TEST_CASE("the same seed gives the same keys and signatures", "[signing]") {
  SigningKeys a(1);
  SigningKeys b(1);
  SigningKeys c(2);
  CHECK(a.jwks("p") == b.jwks("p"));
  CHECK(sign(a, SigningAlgorithm::RS256) == sign(b, SigningAlgorithm::RS256));
  CHECK(a.jwks("p")["keys"][1]["x"] != c.jwks("p")["keys"][1]["x"]);
  CHECK(a.jwks("p")["keys"][1]["x"] != a.jwks("q")["keys"][1]["x"]);
}
