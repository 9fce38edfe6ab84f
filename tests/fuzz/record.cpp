// The inside of a sealed credential: opened, so it was written by some release, maybe a newer one.
#include "tests/fuzz/fuzz.h"
#include "vault/store/credential_codec.h"
#include "vault/store/record_codec.h"

using namespace coffer;

namespace {

Plaintext record_of(Bytes bytes) {
  Plaintext record;
  record.append(bytes);
  return record;
}

void decode_and_encode(Bytes bytes) {
  const Plaintext record = record_of(bytes);
  fuzz::succeeds_or_throws(ErrorCode::TamperedRow, [&] {
    const Plaintext again = encode_credential(decode_credential(record));
    fuzz::require(
        again.size() <= bytes.size() && std::equal(again.bytes().begin(), again.bytes().end(), bytes.begin()),
        "what decodes is written back as the same bytes");
  });
}

// Every kind of field, in the order that the first bytes ask for.
void read_fields(Bytes bytes) {
  const Plaintext record = record_of(bytes);
  fuzz::succeeds_or_throws(ErrorCode::TamperedRow, [&] {
    RecordReader reader(record, 1);
    while (true) {
      switch (reader.byte() % 6) {
        case 0:
          reader.number();
          break;
        case 1:
          reader.text();
          break;
        case 2:
          reader.key();
          break;
        case 3:
          reader.list();
          break;
        case 4:
          reader.map();
          break;
        default:
          reader.time();
      }
    }
  });
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  decode_and_encode({data, size});
  read_fields({data, size});
  return 0;
}
