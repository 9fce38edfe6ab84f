#include "mockprovider/digest.h"

#include <sodium.h>

#include "vault/base/encoding.h"

namespace coffer::mock {
namespace {

template <std::size_t kBytes, class Hash>
std::string digest_of(std::string_view text, Hash hash) {
  std::string digest(kBytes, '\0');
  hash(reinterpret_cast<unsigned char*>(digest.data()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size());
  return digest;
}

}  // namespace

// Not by OpenSSL, whose set-up takes a millisecond that no start needs: every start makes the clients'
// secrets.
std::string sha256(std::string_view text) {
  return digest_of<crypto_hash_sha256_BYTES>(text, crypto_hash_sha256);
}

std::string sha512(std::string_view text) {
  return digest_of<crypto_hash_sha512_BYTES>(text, crypto_hash_sha512);
}

std::string s256_challenge(std::string_view verifier) {
  return to_base64url(sha256(verifier));
}

}  // namespace coffer::mock
