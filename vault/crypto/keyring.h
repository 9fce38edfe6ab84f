#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "vault/base/random.h"
#include "vault/base/secret.h"
#include "vault/crypto/sealer.h"

namespace coffer {

using Mac = std::array<std::uint8_t, 32>;

// Plain BLAKE2b-256: tells damage from a wrong key, not an attacker from a friend.
Mac checksum(Bytes message);
bool constant_time_equal(const Mac& expected, Bytes given);

// What a subkey of the root key is for. The numbers are part of the storage format.
enum class Purpose : std::uint64_t {
  Wrap = 1,
  RowMac = 2,
  SetDigest = 3,
  BlindIndex = 4,
  TokenHash = 5,
  Audit = 6,
  Header = 7,
  Account = 8,
};

// Keys by which things are found of which the vault does not know the original any more: users who have
// no account, and tokens. They stay when the root key is renewed.
struct LookupKeys {
  KeyBytes blind_index;
  KeyBytes token_hash;
};

// Every key of an open vault. Immutable but for adopt(), any thread.
class Keyring {
 public:
  Keyring(const KeyBytes& root, std::uint32_t root_epoch, std::string vault_uuid);
  // Puts an older root key's in place of what this one derives. Before the keyring is shared.
  void adopt(const LookupKeys& keys);
  LookupKeys lookup_keys() const;

  const std::string& vault_uuid() const { return vault_uuid_; }
  std::uint32_t root_epoch() const { return root_epoch_; }

  // Data keys seal records; at rest they are wrapped, bound to vault, owner and number.
  Envelope wrap(const KeyBytes& data_key, std::uint32_t id, std::string_view owner, Random& random) const;
  // Throws Error{TamperedRow} that names the number.
  KeyBytes unwrap(Bytes wrapped, std::uint32_t id, std::string_view owner) const;

  // A text by which equal values are found without being readable: 22 characters, base64url of
  // keyed BLAKE2b-128. `kind` separates one sort of value from another.
  std::string blind_index(std::string_view kind, std::string_view value) const;
  // By which a presented token is found: keyed BLAKE2b-256.
  Mac token_hash(std::string_view kind, std::string_view token) const;

  // Seals what is not the user's data key's to seal, because it holds that key.
  NumberedKey account_key() const { return numbered(subkey(Purpose::Account), root_epoch_); }

  // Keyed BLAKE2b-256 under the subkey of this purpose.
  Mac mac(Purpose purpose, Bytes message) const;
  // Keyed BLAKE2b-512 under the subkey SetDigest.
  std::array<std::uint8_t, 64> wide_mac(Bytes message) const;

 private:
  static constexpr std::size_t kPurposes = 8;

  static std::size_t index_of(Purpose purpose) { return static_cast<std::size_t>(purpose) - 1; }
  const KeyBytes& subkey(Purpose purpose) const { return subkeys_[index_of(purpose)]; }

  std::uint32_t root_epoch_;
  std::string vault_uuid_;
  std::array<KeyBytes, kPurposes> subkeys_;
};

}  // namespace coffer
