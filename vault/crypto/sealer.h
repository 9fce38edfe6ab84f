#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "vault/base/random.h"
#include "vault/base/secret.h"
#include "vault/crypto/plaintext.h"

namespace coffer {

// magic 2 | format 1 | algorithm 1 | key id 4 | nonce 24 | ciphertext | tag 16, all numbers most
// significant byte first. Format 1, algorithm 1: XChaCha20-Poly1305-IETF. docs/storage-format.md.
using Envelope = std::vector<std::uint8_t>;

inline constexpr std::size_t kEnvelopeOverhead = 48;
inline constexpr std::size_t kTagSize = 16;
inline constexpr std::size_t kPaddingBucket = 256;

// What a sealed record is bound to: it opens nowhere else. Views must outlive the call only.
struct Binding {
  std::string_view vault_uuid;
  std::string_view table;
  std::string_view row_id;
  std::string_view owner;  // blind index of the user; empty for what belongs to no user
  std::string_view toolkit;
  std::string_view auth_config;
  std::string_view field;
  std::int64_t generation = 0;
};

// A key, held by somebody else for longer, and the number by which the envelope names it.
struct NumberedKey {
  std::span<const std::uint8_t, KeyBytes::kSize> key;
  std::uint32_t id;
};
inline NumberedKey numbered(const KeyBytes& key, std::uint32_t id) {
  return {std::span<const std::uint8_t, KeyBytes::kSize>(key.data(), KeyBytes::kSize), id};
}

// Fills the record up with zeros to a multiple of 256 bytes, so that its length tells little. Records
// know their own end.
Envelope seal(const NumberedKey& key, const Binding& binding, Plaintext record, Random& random);
// The record and its zeros. Throws Error{TamperedRow} that names table and row, and what the
// envelope's head says where that is unknown here: format, algorithm, key.
Plaintext open(const NumberedKey& key, const Binding& binding, Bytes envelope);

// The same with associated data of the caller's making. nullopt: fails authentication.
Envelope seal(const NumberedKey& key, Bytes associated_data, Plaintext record, Random& random);
std::optional<Plaintext> open(const NumberedKey& key, Bytes associated_data, Bytes envelope);

// The authentication tag, by which a row MAC covers a sealed record; all of a shorter input.
Bytes tag_of(Bytes envelope);

// Without padding and with the caller's associated data, for wrapping keys.
Envelope encrypt(const NumberedKey& key, Bytes associated_data, Bytes plaintext, Random& random);
// False: not made by this key for this associated data. `out` holds the plaintext's size.
bool decrypt(const NumberedKey& key, Bytes associated_data, Bytes envelope, std::span<std::uint8_t> out);

}  // namespace coffer
