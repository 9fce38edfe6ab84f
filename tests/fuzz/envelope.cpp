// Sealed columns as somebody may leave them who can write to the vault file and has no key.
#include "tests/fuzz/fuzz.h"
#include "vault/crypto/sealer.h"

using namespace coffer;

namespace {

// Gives the nonce of an envelope that exists already.
class NonceOf final : public Random {
 public:
  explicit NonceOf(Bytes envelope) : nonce_(envelope.subspan(8, 24)) {}
  void fill(std::span<std::uint8_t> out) override { std::copy(nonce_.begin(), nonce_.end(), out.begin()); }

 private:
  Bytes nonce_;
};

KeyBytes key() {
  KeyBytes key;
  for (std::size_t i = 0; i < KeyBytes::kSize; ++i) key.data()[i] = static_cast<std::uint8_t>(0x20 + i);
  return key;
}

const Binding kBinding = {
    "123e4567-e89b-42d3-a456-426614174000", "connection", "ca_1", "owner", "gmail", "ac_1", "credential", 4};
constexpr std::uint32_t kKeyId = 9;

void open_what_came(Bytes envelope) {
  const KeyBytes secret = key();
  fuzz::succeeds_or_throws(ErrorCode::TamperedRow, [&] {
    Plaintext record = open(numbered(secret, kKeyId), kBinding, envelope);
    NonceOf random(envelope);
    const Envelope again = seal(numbered(secret, kKeyId), kBinding, std::move(record), random);
    fuzz::require(std::equal(again.begin(), again.end(), envelope.begin(), envelope.end()),
                  "an envelope opens only if sealing its record gives that envelope");
  });
  fuzz::require(tag_of(envelope).size() <= kTagSize, "a tag is at most 16 bytes");
}

void seal_and_open(Bytes content) {
  SeededRandom random(1);
  const KeyBytes secret = key();
  Plaintext record;
  record.append(content);
  const Envelope envelope = seal(numbered(secret, kKeyId), kBinding, std::move(record), random);
  const Plaintext opened = open(numbered(secret, kKeyId), kBinding, envelope);
  fuzz::require(opened.size() % kPaddingBucket == 0 && opened.size() < content.size() + kPaddingBucket,
                "a record fills its buckets");
  fuzz::require(std::equal(content.begin(), content.end(), opened.bytes().begin()),
                "a record comes back as it was sealed");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  open_what_came({data, size});
  if (size > 0) seal_and_open({data, size});
  return 0;
}
