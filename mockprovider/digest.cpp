#include "mockprovider/digest.h"

#include <openssl/evp.h>

#include "vault/base/encoding.h"
#include "vault/base/error.h"

namespace coffer::mock {

std::string sha256(std::string_view text) {
  std::string digest(32, '\0');
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                 EVP_sha256(), nullptr) != 1) {
    throw Error(ErrorCode::Internal, "SHA-256 is not available");
  }
  return digest;
}

std::string s256_challenge(std::string_view verifier) {
  return to_base64url(sha256(verifier));
}

}  // namespace coffer::mock
