#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "mockprovider/private_key.h"

namespace coffer::mock {

// One provider's newest key of an algorithm. Stands alone: copies sign on any thread.
class JwtSigner {
 public:
  JwtSigner(PrivateKey key, SigningAlgorithm algorithm, std::string key_id)
      : key_(std::move(key)), algorithm_(algorithm), key_id_(std::move(key_id)) {}

  // RFC 7515 section 5.1: header and claims, encoded. `type` is the header's "typ".
  std::string signing_input(std::string_view type, const nlohmann::json& claims) const;
  // RFC 7515 section 7.1: that and its signature, the same at each call.
  std::string sign(std::string signing_input) const;

 private:
  PrivateKey key_;
  SigningAlgorithm algorithm_;
  std::string key_id_;
};

// What the providers sign with: one key of each algorithm and provider at a time, which follows
// from the seed and the number of rotations.
class SigningKeys {
 public:
  explicit SigningKeys(std::uint64_t seed) : seed_(seed) {}

  JwtSigner signer(const std::string& provider, SigningAlgorithm algorithm);

  // RFC 7517 section 5: what is to be believed now, the newest first.
  nlohmann::json jwks(const std::string& provider);

  // New keys sign from now on. The ones before stay published with `keeps_old`, earlier ones never.
  void rotate(const std::string& provider, bool keeps_old);

 private:
  friend class SnapshotFields;
  struct Generations {
    int newest = 1;
    int oldest = 1;  // of those that are published
  };
  const PrivateKey& key(const std::string& provider, SigningAlgorithm algorithm, int generation);

  std::uint64_t seed_;
  std::map<std::string, Generations> generations_;  // by provider
  std::map<std::string, PrivateKey> loaded_;        // made of the above when first needed
};

}  // namespace coffer::mock
