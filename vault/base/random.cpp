#include "vault/base/random.h"

#include <sodium.h>

#include <array>
#include <cstring>
#include <vector>

#include "vault/base/encoding.h"

namespace coffer {

void SystemRandom::fill(std::span<std::uint8_t> out) {
  randombytes_buf(out.data(), out.size());
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
  std::array<std::uint8_t, randombytes_SEEDBYTES> seed{};
  const std::lock_guard lock(mutex_);
  ++counter_;
  std::memcpy(seed.data(), &seed_, sizeof seed_);
  std::memcpy(seed.data() + sizeof seed_, &counter_, sizeof counter_);
  randombytes_buf_deterministic(out.data(), out.size(), seed.data());
}

std::uint64_t random_below(Random& random, std::uint64_t bound) {
  if (bound < 2) return 0;
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;  // no modulo bias
  std::array<std::uint8_t, sizeof(std::uint64_t)> bytes{};
  std::uint64_t value = 0;
  do {
    random.fill(bytes);
    std::memcpy(&value, bytes.data(), sizeof value);
  } while (value >= limit);
  return value % bound;
}

std::string random_id(Random& random, std::string_view prefix, std::size_t bytes) {
  std::string raw(bytes, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(raw.data()), raw.size()});
  std::string id(prefix);
  id += to_base64url(raw);
  wipe(raw);
  return id;
}

Secret random_secret(Random& random, std::string_view prefix, std::size_t bytes) {
  std::string text = random_id(random, prefix, bytes);
  return Secret::consume(text);
}

KeyBytes random_key(Random& random) {
  KeyBytes key;
  random.fill({key.data(), KeyBytes::kSize});
  return key;
}

std::string random_uuid(Random& random) {
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  std::string hex = to_hex(bytes);
  for (const std::size_t position : {8, 13, 18, 23}) hex.insert(position, "-");
  return hex;
}

}  // namespace coffer
