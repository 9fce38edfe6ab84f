#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "mockprovider/private_key.h"

namespace coffer::mock {

// What the providers sign with: one key of each algorithm and provider at a time, which follows
// from the seed and the number of rotations.
class SigningKeys {
 public:
  explicit SigningKeys(std::uint64_t seed) : seed_(seed) {}

  // RFC 7515 section 7.1, signed by the newest key. `type` is the header's "typ".
  std::string sign(const std::string& provider, SigningAlgorithm algorithm, std::string_view type,
                   const nlohmann::json& claims);

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
