#include "mockprovider/digest.h"

#include <openssl/evp.h>

#include "vault/base/encoding.h"
#include "vault/base/error.h"

namespace coffer::mock {
namespace {

std::string digest_of(std::string_view text, const EVP_MD* algorithm) {
  std::string digest(static_cast<std::size_t>(EVP_MD_get_size(algorithm)), '\0');
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, algorithm,
                 nullptr) != 1) {
    throw Error(ErrorCode::Internal, "a hash function is not available");
  }
  return digest;
}

}  // namespace

std::string sha256(std::string_view text) {
  return digest_of(text, EVP_sha256());
}

std::string sha512(std::string_view text) {
  return digest_of(text, EVP_sha512());
}

std::string s256_challenge(std::string_view verifier) {
  return to_base64url(sha256(verifier));
}

}  // namespace coffer::mock
