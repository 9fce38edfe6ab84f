#include "vault/crypto/keyring.h"

#include <sodium.h>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/crypto/length_prefixed.h"

namespace coffer {
namespace {

constexpr char kSubkeyContext[crypto_kdf_CONTEXTBYTES + 1] = "coffer01";
static_assert(crypto_kdf_KEYBYTES == KeyBytes::kSize);

template <std::size_t Size>
std::array<std::uint8_t, Size> keyed_hash(const KeyBytes& key, Bytes message) {
  std::array<std::uint8_t, Size> out;
  crypto_generichash(out.data(), out.size(), message.data(), message.size(), key.data(), KeyBytes::kSize);
  return out;
}

LengthPrefixed wrapping_data(const std::string& vault_uuid, std::string_view owner, std::uint32_t id,
                             std::uint32_t root_epoch) {
  LengthPrefixed data;
  data.add("coffer/data-key").add(vault_uuid).add(owner).add(std::int64_t{id}).add(std::int64_t{root_epoch});
  return data;
}

}  // namespace

Mac checksum(Bytes message) {
  Mac out{};
  crypto_generichash(out.data(), out.size(), message.data(), message.size(), nullptr, 0);
  return out;
}

bool constant_time_equal(const Mac& expected, Bytes given) {
  return given.size() == expected.size() &&
         sodium_memcmp(expected.data(), given.data(), expected.size()) == 0;
}

Keyring::Keyring(const KeyBytes& root, std::uint32_t root_epoch, std::string vault_uuid)
    : root_epoch_(root_epoch), vault_uuid_(std::move(vault_uuid)) {
  for (std::size_t i = 0; i < kPurposes; ++i) {
    crypto_kdf_derive_from_key(subkeys_[i].data(), KeyBytes::kSize, i + 1, kSubkeyContext, root.data());
  }
}

void Keyring::adopt(const LookupKeys& keys) {
  subkeys_[index_of(Purpose::BlindIndex)] = keys.blind_index.clone();
  subkeys_[index_of(Purpose::TokenHash)] = keys.token_hash.clone();
}

LookupKeys Keyring::lookup_keys() const {
  return {subkey(Purpose::BlindIndex).clone(), subkey(Purpose::TokenHash).clone()};
}

Envelope Keyring::wrap(const KeyBytes& data_key, std::uint32_t id, std::string_view owner,
                       Random& random) const {
  const LengthPrefixed data = wrapping_data(vault_uuid_, owner, id, root_epoch_);
  return encrypt(numbered(subkey(Purpose::Wrap), root_epoch_), data.bytes(),
                 {data_key.data(), KeyBytes::kSize}, random);
}

KeyBytes Keyring::unwrap(Bytes wrapped, std::uint32_t id, std::string_view owner) const {
  const LengthPrefixed data = wrapping_data(vault_uuid_, owner, id, root_epoch_);
  KeyBytes key;
  if (!decrypt(numbered(subkey(Purpose::Wrap), root_epoch_), data.bytes(), wrapped,
               {key.data(), KeyBytes::kSize})) {
    throw Error(ErrorCode::TamperedRow, "data key " + std::to_string(id) + " fails authentication",
                "the vault file was changed from outside or is damaged; restore it from a backup");
  }
  return key;
}

std::string Keyring::blind_index(std::string_view kind, std::string_view value) const {
  LengthPrefixed message;
  message.add(kind).add(value);
  const auto index = keyed_hash<16>(subkey(Purpose::BlindIndex), message.bytes());
  return to_base64url({reinterpret_cast<const char*>(index.data()), index.size()});
}

Mac Keyring::token_hash(std::string_view kind, std::string_view token) const {
  // The token itself must not stay behind in a buffer, so only its digest is joined.
  Mac digest{};
  crypto_generichash(digest.data(), digest.size(), as_bytes(token).data(), token.size(),
                     subkey(Purpose::TokenHash).data(), KeyBytes::kSize);
  LengthPrefixed message;
  message.add(kind).add(Bytes(digest));
  return mac(Purpose::TokenHash, message.bytes());
}

Mac Keyring::mac(Purpose purpose, Bytes message) const {
  return keyed_hash<32>(subkey(purpose), message);
}

std::array<std::uint8_t, 64> Keyring::wide_mac(Bytes message) const {
  return keyed_hash<64>(subkey(Purpose::SetDigest), message);
}

}  // namespace coffer
