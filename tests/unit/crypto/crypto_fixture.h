#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/random.h"

namespace coffer::testing {

// 40 41 42 ... on every call: the nonce of the known answers.
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(0x40 + i);
  }
};

// `first`, `first` + 1, ...
inline KeyBytes key_from(std::uint8_t first) {
  KeyBytes key;
  for (std::size_t i = 0; i < KeyBytes::kSize; ++i) key.data()[i] = static_cast<std::uint8_t>(first + i);
  return key;
}

inline std::vector<std::uint8_t> bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}
inline std::vector<std::uint8_t> bytes_of_hex(std::string_view hex) {
  return bytes_of(from_hex(hex).value());
}
inline Bytes bytes_of(const KeyBytes& key) {
  return {key.data(), KeyBytes::kSize};
}

inline std::vector<std::uint8_t> with_bit_flipped(std::vector<std::uint8_t> bytes, std::size_t bit) {
  bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
  return bytes;
}

inline constexpr std::string_view kVaultUuid = "123e4567-e89b-42d3-a456-426614174000";

// "<code>: <fact>" of the Error that `call` throws, "no error" if it throws none.
template <class Call>
std::string error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return std::string(to_string(error.code())) + ": " + error.what();
  }
  return "no error";
}

}  // namespace coffer::testing
