#include "vault/crypto/pkce.h"

#include <sodium.h>

#include <array>

#include "vault/base/encoding.h"

namespace coffer {

std::string code_challenge(std::string_view code_verifier) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), as_bytes(code_verifier).data(), code_verifier.size());
  return to_base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace coffer
