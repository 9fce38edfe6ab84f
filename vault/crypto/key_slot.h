#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/random.h"
#include "vault/crypto/key_material.h"
#include "vault/crypto/keyring.h"
#include "vault/model/key_source.h"

namespace coffer {

// One way to the root key. All fields are in clear and bound into the wrapping.
struct KeySlot {
  enum class Kind {
    Key,         // 32 bytes from a file, from systemd or from the embedding program
    Passphrase,  // Argon2id13 with the salt and cost below
  };

  std::int64_t number = 0;
  Kind kind = Kind::Key;
  std::vector<std::uint8_t> salt;
  PassphraseCost cost{0, 0, false};
  std::uint32_t root_epoch = 1;
  Mac commitment{};  // of the slot's key: compared before anything is decrypted with it
  Envelope wrapped_root;
};

inline constexpr std::int64_t kMostSlots = 8;

std::string_view to_string(KeySlot::Kind kind);
std::optional<KeySlot::Kind> parse_slot_kind(std::string_view text);

// A key source after its file was read; a passphrase stays as it is until a slot's salt is known.
using KeyMaterial = std::variant<KeyBytes, Passphrase>;
KeyMaterial load(KeySource source);

KeySlot make_slot(const KeyMaterial& material, std::int64_t number, std::string_view vault_uuid,
                  const KeyBytes& root, std::uint32_t root_epoch, Random& random);

// nullopt: the key does not fit this slot.
// Throws CorruptHeader where the key fits and the slot is damaged all the same, or where the
// slot's cost is outside the limits.
std::optional<KeyBytes> unlock(const KeySlot& slot, const KeyMaterial& material, std::string_view vault_uuid);

}  // namespace coffer
