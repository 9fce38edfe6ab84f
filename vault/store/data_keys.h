#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vault/base/id.h"
#include "vault/crypto/keyring.h"
#include "vault/store/database.h"

// The keys that records are sealed under, one per owner, wrapped under the root key. Whoever
// destroys an owner's key has destroyed all that was sealed under it.
namespace coffer {

struct DataKey {
  std::uint32_t id = 0;
  KeyBytes key;

  NumberedKey numbered() const { return coffer::numbered(key, id); }
};

namespace data_keys {

// Owners. A user is named by blind index.
std::string user(std::string_view user_ref);
std::string auth_config(const AuthConfigId& id);
inline constexpr std::string_view kVault = "vault";  // what belongs to neither
// From the second root key on, the keyring's lookup keys.
inline constexpr std::string_view kBlindIndex = "root:blind_index";
inline constexpr std::string_view kTokenHash = "root:token_hash";

// The owner's key, made now if there is none.
DataKey get_or_make(WriteTransaction& tx, std::string_view owner);
// Stores a key of the caller's for an owner who has none.
DataKey insert(WriteTransaction& tx, std::string_view owner, KeyBytes key);
// As read with a row that joins data_key. Throws TamperedRow if the key is missing (empty) or
// does not unwrap.
DataKey from_row(const Keyring& keys, std::int64_t id, Bytes wrapped, std::string_view owner);
void destroy(WriteTransaction& tx, std::string_view owner);

}  // namespace data_keys
}  // namespace coffer
