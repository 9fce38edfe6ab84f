#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "vault/base/secret.h"

namespace coffer {

// Any thread.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

// The same seed gives the same bytes. For tests and the mock provider only.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : seed_(seed) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::mutex mutex_;  // guards counter_
  std::uint64_t seed_;
  std::uint64_t counter_ = 0;
};

std::uint64_t random_below(Random& random, std::uint64_t bound);

// prefix + base64url of `bytes` random bytes: ids ("ca_", 9 bytes = 12 characters).
std::string random_id(Random& random, std::string_view prefix, std::size_t bytes = 9);
// The same as a secret: link tokens, states, verifiers (32 bytes = 43 characters).
Secret random_secret(Random& random, std::string_view prefix = {}, std::size_t bytes = 32);
KeyBytes random_key(Random& random);
// Lower-case RFC 4122 version 4.
std::string random_uuid(Random& random);

}  // namespace coffer
