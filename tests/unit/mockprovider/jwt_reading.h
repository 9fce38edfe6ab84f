#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <catch2/catch.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "vault/base/encoding.h"
#include "vault/base/json.h"

namespace coffer::mock::testing {

struct Jwt {
  Json header;
  Json claims;
  std::string signed_text;
  std::string signature;
};

inline Jwt read_jwt(const std::string& text) {
  const std::size_t first = text.find('.');
  const std::size_t last = text.rfind('.');
  REQUIRE(first != last);
  return {parse_json(from_base64url(text.substr(0, first)).value()),
          parse_json(from_base64url(text.substr(first + 1, last - first - 1)).value()), text.substr(0, last),
          from_base64url(text.substr(last + 1)).value()};
}

using PublicKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// From nothing but what RFC 7518 and RFC 8037 say about a JWK.
inline PublicKey public_key(const Json& jwk) {
  if (jwk["kty"] == "OKP") {
    const std::string x = from_base64url(jwk["x"].get<std::string>()).value();
    return {EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                        reinterpret_cast<const unsigned char*>(x.data()), x.size()),
            EVP_PKEY_free};
  }
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  BIGNUM* numbers[2] = {};
  const char* const members[2] = {"n", "e"};
  for (int i = 0; i < 2; ++i) {
    const std::string bytes = from_base64url(jwk[members[i]].get<std::string>()).value();
    numbers[i] = BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                           static_cast<int>(bytes.size()), nullptr);
    OSSL_PARAM_BLD_push_BN(builder, i == 0 ? OSSL_PKEY_PARAM_RSA_N : OSSL_PKEY_PARAM_RSA_E, numbers[i]);
  }
  OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context);
  EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters);
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  for (BIGNUM* number : numbers) BN_free(number);
  return {key, EVP_PKEY_free};
}

// The key of the set that the header names has signed it.
inline bool is_signed_by(const Jwt& jwt, const Json& jwks) {
  for (const auto& jwk : jwks["keys"]) {
    if (jwk["kid"] != jwt.header["kid"] || jwk["alg"] != jwt.header["alg"]) continue;
    const PublicKey key = public_key(jwk);
    REQUIRE(key);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    const EVP_MD* digest = jwk["kty"] == "RSA" ? EVP_sha256() : nullptr;
    EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.get());
    return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(jwt.signature.data()),
                            jwt.signature.size(),
                            reinterpret_cast<const unsigned char*>(jwt.signed_text.data()),
                            jwt.signed_text.size()) == 1;
  }
  return false;
}

}  // namespace coffer::mock::testing
