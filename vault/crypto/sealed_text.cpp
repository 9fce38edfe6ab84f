#include "vault/crypto/sealed_text.h"

#include <span>

#include "vault/base/encoding.h"
#include "vault/crypto/sealer.h"

namespace coffer {
namespace {

constexpr std::size_t kLongestSealed = 8 << 10;

KeyBytes key_for(const Keyring& keys, std::string_view purpose) {
  Mac derived = keys.token_hash("sealed_text", purpose);
  KeyBytes key{std::span<const std::uint8_t, KeyBytes::kSize>(derived)};
  wipe(derived.data(), derived.size());
  return key;
}

}  // namespace

std::string seal_text(const Keyring& keys, std::string_view purpose, Bytes context, std::string_view text,
                      Random& random) {
  const KeyBytes key = key_for(keys, purpose);
  const Envelope envelope = encrypt(numbered(key, keys.root_epoch()), context, as_bytes(text), random);
  return to_base64url({reinterpret_cast<const char*>(envelope.data()), envelope.size()});
}

std::optional<std::string> open_text(const Keyring& keys, std::string_view purpose, Bytes context,
                                     std::string_view sealed) {
  if (sealed.size() > kLongestSealed) return std::nullopt;
  const auto envelope = from_base64url(sealed);
  if (!envelope || envelope->size() < kEnvelopeOverhead) return std::nullopt;
  std::string text(envelope->size() - kEnvelopeOverhead, '\0');
  const KeyBytes key = key_for(keys, purpose);
  const std::span<std::uint8_t> out(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
  if (!decrypt(numbered(key, keys.root_epoch()), context, as_bytes(*envelope), out)) return std::nullopt;
  return text;
}

}  // namespace coffer
