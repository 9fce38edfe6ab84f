#include "vault/crypto/key_slot.h"

#include <sodium.h>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/crypto/length_prefixed.h"

namespace coffer {
namespace {

// The slot's key is used twice, so each use gets its own subkey.
constexpr char kSlotContext[crypto_kdf_CONTEXTBYTES + 1] = "cfslot01";
constexpr std::uint64_t kWrapping = 1;
constexpr std::uint64_t kCommitting = 2;

KeyBytes subkey(const KeyBytes& slot_key, std::uint64_t use) {
  KeyBytes key;
  crypto_kdf_derive_from_key(key.data(), KeyBytes::kSize, use, kSlotContext, slot_key.data());
  return key;
}

LengthPrefixed description(const KeySlot& slot, std::string_view vault_uuid) {
  LengthPrefixed data;
  data.add("coffer/slot").add(vault_uuid).add(slot.number).add(to_string(slot.kind)).add(Bytes(slot.salt));
  data.add(static_cast<std::int64_t>(slot.cost.passes))
      .add(static_cast<std::int64_t>(slot.cost.memory_bytes));
  data.add(std::int64_t{slot.cost.for_tests}).add(std::int64_t{slot.root_epoch});
  return data;
}

Mac commitment_to(const KeyBytes& slot_key, const KeySlot& slot, std::string_view vault_uuid) {
  const KeyBytes key = subkey(slot_key, kCommitting);
  const LengthPrefixed data = description(slot, vault_uuid);
  Mac out{};
  crypto_generichash(out.data(), out.size(), data.bytes().data(), data.bytes().size(), key.data(),
                     KeyBytes::kSize);
  return out;
}

KeyBytes slot_key_of(const KeySlot& slot, const KeyMaterial& material) {
  if (const auto* passphrase = std::get_if<Passphrase>(&material)) {
    return derive_key(passphrase->text, slot.salt, slot.cost);
  }
  return std::get<KeyBytes>(material).clone();
}

KeySlot::Kind kind_of(const KeyMaterial& material) {
  return std::holds_alternative<Passphrase>(material) ? KeySlot::Kind::Passphrase : KeySlot::Kind::Key;
}

void check_stored_cost(const KeySlot& slot) {
  try {
    check_cost(slot.cost);
  } catch (const Error& error) {
    throw Error(ErrorCode::CorruptHeader, "key slot " + std::to_string(slot.number) + ": " + error.what());
  }
}

struct Loader {
  KeyMaterial operator()(KeyFile& source) const { return read_key_file(source.path); }
  KeyMaterial operator()(SystemdCredential& source) const { return read_systemd_credential(source); }
  KeyMaterial operator()(RawKey& source) const { return std::move(source.key); }
  KeyMaterial operator()(Passphrase& source) const { return std::move(source); }
};

}  // namespace

std::string_view to_string(KeySlot::Kind kind) {
  switch (kind) {
    case KeySlot::Kind::Key:
      return "key";
    case KeySlot::Kind::Passphrase:
      return "passphrase";
  }
  return "key";
}

std::optional<KeySlot::Kind> parse_slot_kind(std::string_view text) {
  if (text == to_string(KeySlot::Kind::Key)) return KeySlot::Kind::Key;
  if (text == to_string(KeySlot::Kind::Passphrase)) return KeySlot::Kind::Passphrase;
  return std::nullopt;
}

KeyMaterial load(KeySource source) {
  return std::visit(Loader{}, source);
}

KeySlot make_slot(const KeyMaterial& material, std::int64_t number, std::string_view vault_uuid,
                  const KeyBytes& root, std::uint32_t root_epoch, Random& random) {
  KeySlot slot;
  slot.number = number;
  slot.kind = kind_of(material);
  slot.root_epoch = root_epoch;
  if (const auto* passphrase = std::get_if<Passphrase>(&material)) {
    slot.cost = passphrase->cost;
    slot.salt.resize(kSaltSize);
    random.fill(slot.salt);
  }
  const KeyBytes slot_key = slot_key_of(slot, material);
  slot.commitment = commitment_to(slot_key, slot, vault_uuid);
  const KeyBytes wrapping_key = subkey(slot_key, kWrapping);
  slot.wrapped_root = encrypt(numbered(wrapping_key, static_cast<std::uint32_t>(number)),
                              description(slot, vault_uuid).bytes(), {root.data(), KeyBytes::kSize}, random);
  return slot;
}

std::optional<KeyBytes> unlock(const KeySlot& slot, const KeyMaterial& material,
                               std::string_view vault_uuid) {
  if (slot.kind != kind_of(material)) return std::nullopt;
  if (slot.kind == KeySlot::Kind::Passphrase) check_stored_cost(slot);
  const KeyBytes slot_key = slot_key_of(slot, material);
  if (!constant_time_equal(commitment_to(slot_key, slot, vault_uuid), slot.commitment)) return std::nullopt;
  const KeyBytes wrapping_key = subkey(slot_key, kWrapping);
  KeyBytes root;
  if (!decrypt(numbered(wrapping_key, static_cast<std::uint32_t>(slot.number)),
               description(slot, vault_uuid).bytes(), slot.wrapped_root, {root.data(), KeyBytes::kSize})) {
    throw Error(ErrorCode::CorruptHeader, "key slot " + std::to_string(slot.number) + " is damaged",
                "restore the vault from a backup");
  }
  return root;
}

}  // namespace coffer
