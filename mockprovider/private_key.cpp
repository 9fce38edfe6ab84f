#include "mockprovider/private_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kEd25519Size = 32;

void check(bool has_worked, const char* what) {
  if (!has_worked) throw Error(ErrorCode::Internal, std::string("the signing key cannot ") + what);
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string number_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  check(EVP_PKEY_get_bn_param(key, name, &number) == 1, "be read");
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  return to_base64url(bytes);
}

}  // namespace

std::string_view name_of(SigningAlgorithm algorithm) {
  return algorithm == SigningAlgorithm::RS256 ? "RS256" : "EdDSA";
}

std::optional<SigningAlgorithm> signing_algorithm(std::string_view name) {
  if (name == "RS256") return SigningAlgorithm::RS256;
  if (name == "EdDSA") return SigningAlgorithm::EdDSA;
  return std::nullopt;
}

PrivateKey::PrivateKey(SigningAlgorithm algorithm, evp_pkey_st* key)
    : algorithm_(algorithm), key_(key, EVP_PKEY_free) {
  check(key != nullptr, "be loaded");
}

PrivateKey PrivateKey::rsa(std::string_view base64) {
  const std::string der = from_base64(base64).value_or("");
  const unsigned char* begin = bytes_of(der);
  return {SigningAlgorithm::RS256,
          d2i_PrivateKey(EVP_PKEY_RSA, nullptr, &begin, static_cast<long>(der.size()))};
}

PrivateKey PrivateKey::ed25519(std::string_view seed) {
  return {SigningAlgorithm::EdDSA,
          EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size())};
}

std::string PrivateKey::sign(std::string_view text) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  // Ed25519 hashes within.
  const EVP_MD* digest = algorithm_ == SigningAlgorithm::RS256 ? EVP_sha256() : nullptr;
  check(context && EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1, "sign");
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = signature.size();
  check(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       bytes_of(text), text.size()) == 1,
        "sign");
  signature.resize(size);
  return signature;
}

Json PrivateKey::public_jwk() const {
  if (algorithm_ == SigningAlgorithm::RS256) {
    return {{"kty", "RSA"},
            {"n", number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N)},
            {"e", number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E)}};
  }
  std::string point(kEd25519Size, '\0');
  std::size_t size = point.size();
  check(EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(point.data()), &size) == 1,
        "be read");
  return {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", to_base64url(point)}};
}

}  // namespace coffer::mock
