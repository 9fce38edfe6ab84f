#include "vault/crypto/pkce.h"

#include <catch2/catch.hpp>

TEST_CASE("the code challenge is that of RFC 7636 appendix B", "[crypto]") {
  CHECK(coffer::code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") ==
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

// NIST: SHA-256 of the empty message is e3b0c442...b855; in base64url without padding:
TEST_CASE("the code challenge of nothing is the digest of nothing", "[crypto]") {
  CHECK(coffer::code_challenge("") == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}
