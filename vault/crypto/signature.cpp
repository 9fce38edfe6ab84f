#include "vault/crypto/signature.h"

#include <sodium.h>

#include <array>
#include <vector>

#include "vault/base/encoding.h"

namespace coffer {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::string_view kVersionPrefix = "v1,";

class Hmac {
 public:
  explicit Hmac(std::string_view key) {
    crypto_auth_hmacsha256_init(&state_, as_bytes(key).data(), key.size());
  }
  ~Hmac() { wipe(&state_, sizeof state_); }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;

  Hmac& add(std::string_view text) {
    crypto_auth_hmacsha256_update(&state_, as_bytes(text).data(), text.size());
    return *this;
  }

  std::string base64() {
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> digest{};
    crypto_auth_hmacsha256_final(&state_, digest.data());
    return to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
  }

 private:
  crypto_auth_hmacsha256_state state_{};
};

std::string signature_by(std::string_view key, std::string_view id, std::int64_t timestamp_s,
                         std::string_view body) {
  const std::string timestamp = std::to_string(timestamp_s);
  return Hmac(key).add(id).add(".").add(timestamp).add(".").add(body).base64();
}

// Empty where the secret holds no base64 part.
Secret decoded_key(std::string_view secret) {
  if (secret.substr(0, kSecretPrefix.size()) != kSecretPrefix) return {};
  std::optional<std::string> key = from_base64(secret.substr(kSecretPrefix.size()));
  return key ? Secret::consume(*key) : Secret();
}

std::vector<std::string> signatures(std::string_view secret, std::string_view id, std::int64_t timestamp_s,
                                    std::string_view body) {
  std::vector<std::string> all = {std::string(kVersionPrefix) + signature_by(secret, id, timestamp_s, body)};
  if (const Secret key = decoded_key(secret); !key.empty()) {
    all.push_back(std::string(kVersionPrefix) + signature_by(key.expose(), id, timestamp_s, body));
  }
  return all;
}

}  // namespace

std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t timestamp_s,
                              std::string_view body) {
  return join(signatures(secret, id, timestamp_s, body), " ");
}

bool verify_webhook_signature(std::string_view header, std::string_view secret, std::string_view id,
                              std::int64_t timestamp_s, std::string_view body) {
  constexpr std::size_t kMostSignatures = 16;
  const std::vector<std::string> given = split(header, ' ');
  if (given.size() > kMostSignatures) return false;
  bool fits = false;
  for (const std::string& expected : signatures(secret, id, timestamp_s, body)) {
    for (const std::string& candidate : given) fits |= constant_time_equal(candidate, expected);
  }
  return fits;
}

}  // namespace coffer
