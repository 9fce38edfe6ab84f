#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace coffer::mock {

// RFC 7518 section 3.3 and RFC 8037 section 3.1, with the curve Ed25519.
enum class SigningAlgorithm { RS256, EdDSA };

std::string_view name_of(SigningAlgorithm algorithm);
std::optional<SigningAlgorithm> signing_algorithm(std::string_view name);

// Half of a key pair that signs JWTs. Copies share it. Any thread.
class PrivateKey {
 public:
  // `base64`: of PKCS #8.
  static PrivateKey rsa(std::string_view base64);
  static PrivateKey ed25519(std::string_view seed);  // 32 bytes

  std::string sign(std::string_view text) const;  // raw signature
  nlohmann::json public_jwk() const;              // RFC 7517: kty and the numbers alone

 private:
  PrivateKey(SigningAlgorithm algorithm, evp_pkey_st* key);

  SigningAlgorithm algorithm_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace coffer::mock
