#include "vault/crypto/sealer.h"

#include <sodium.h>

#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "vault/base/error.h"
#include "vault/crypto/length_prefixed.h"

namespace coffer {
namespace {

constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kHeadSize = 8;
static_assert(kHeadSize + kNonceSize + kTagSize == kEnvelopeOverhead);
static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == kTagSize);

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kAlgorithm = 1;

using Head = std::array<std::uint8_t, kHeadSize>;

Head head_for(std::uint32_t key_id) {
  return {0xC0,
          0xFE,
          kFormat,
          kAlgorithm,
          static_cast<std::uint8_t>(key_id >> 24),
          static_cast<std::uint8_t>(key_id >> 16),
          static_cast<std::uint8_t>(key_id >> 8),
          static_cast<std::uint8_t>(key_id)};
}

LengthPrefixed associated_data_of(const Binding& binding, std::uint32_t key_id) {
  const Head head = head_for(key_id);
  LengthPrefixed data;
  data.add("coffer/record").add(Bytes(head));
  data.add(binding.vault_uuid).add(binding.table).add(binding.row_id).add(binding.owner);
  data.add(binding.toolkit).add(binding.auth_config).add(binding.field).add(binding.generation);
  return data;
}

std::uint32_t key_id_of(Bytes envelope) {
  std::uint32_t id = 0;
  for (const std::uint8_t byte : envelope.subspan(4, 4)) id = id << 8 | byte;
  return id;
}

// Why the envelope did not open, as far as its head tells.
std::string fault_of(Bytes envelope, std::uint32_t key_id) {
  if (envelope.size() < kEnvelopeOverhead) return "is cut short";
  const Head head = head_for(key_id);
  if (envelope[0] != head[0] || envelope[1] != head[1]) return "is not a sealed record";
  if (envelope[2] != kFormat) return "is sealed in the unknown format " + std::to_string(envelope[2]);
  if (envelope[3] != kAlgorithm) return "is sealed by the unknown algorithm " + std::to_string(envelope[3]);
  const std::uint32_t named = key_id_of(envelope);
  if (named == key_id) return "fails authentication";
  return "is sealed with key " + std::to_string(named) + " instead of " + std::to_string(key_id);
}

[[noreturn]] void throw_tampered(const Binding& binding, const std::string& fault) {
  throw Error(ErrorCode::TamperedRow,
              std::string(binding.table) + " " + std::string(binding.row_id) + " " + fault,
              "the vault file was changed from outside or is damaged; restore it from a backup");
}

void pad(Plaintext& record) {
  record.resize((record.size() + kPaddingBucket - 1) / kPaddingBucket * kPaddingBucket);
}

}  // namespace

Envelope encrypt(const NumberedKey& key, Bytes associated_data, Bytes plaintext, Random& random) {
  Envelope envelope(plaintext.size() + kEnvelopeOverhead);
  const Head head = head_for(key.id);
  std::memcpy(envelope.data(), head.data(), head.size());
  std::uint8_t* const nonce = envelope.data() + kHeadSize;
  random.fill({nonce, kNonceSize});
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonceSize, nullptr, plaintext.data(), plaintext.size(),
                                             associated_data.data(), associated_data.size(), nullptr, nonce,
                                             key.key.data());
  return envelope;
}

bool decrypt(const NumberedKey& key, Bytes associated_data, Bytes envelope, std::span<std::uint8_t> out) {
  if (envelope.size() != out.size() + kEnvelopeOverhead) return false;
  const Head head = head_for(key.id);
  if (std::memcmp(envelope.data(), head.data(), head.size()) != 0) return false;
  const std::uint8_t* const nonce = envelope.data() + kHeadSize;
  return crypto_aead_xchacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, nonce + kNonceSize,
                                                    out.size() + kTagSize, associated_data.data(),
                                                    associated_data.size(), nonce, key.key.data()) == 0;
}

Envelope seal(const NumberedKey& key, Bytes associated_data, Plaintext record, Random& random) {
  pad(record);
  return encrypt(key, associated_data, record.bytes(), random);
}

std::optional<Plaintext> open(const NumberedKey& key, Bytes associated_data, Bytes envelope) {
  if (envelope.size() < kEnvelopeOverhead + kPaddingBucket) return std::nullopt;
  Plaintext record(envelope.size() - kEnvelopeOverhead);
  if (!decrypt(key, associated_data, envelope, {record.data(), record.size()})) return std::nullopt;
  return record;
}

Envelope seal(const NumberedKey& key, const Binding& binding, Plaintext record, Random& random) {
  return seal(key, associated_data_of(binding, key.id).bytes(), std::move(record), random);
}

Plaintext open(const NumberedKey& key, const Binding& binding, Bytes envelope) {
  std::optional<Plaintext> record = open(key, associated_data_of(binding, key.id).bytes(), envelope);
  if (!record) throw_tampered(binding, fault_of(envelope, key.id));
  return std::move(*record);
}

Bytes tag_of(Bytes envelope) {
  return envelope.size() < kTagSize ? envelope : envelope.last(kTagSize);
}

}  // namespace coffer
