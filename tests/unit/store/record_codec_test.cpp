#include "vault/store/record_codec.h"

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"
#include "vault/base/encoding.h"

namespace coffer {
namespace {

using testing::code_of;

Plaintext copy(Bytes bytes) {
  Plaintext plaintext;
  plaintext.append(bytes);
  return plaintext;
}

Plaintext from_hex_text(std::string_view hex) {
  return copy(as_bytes(from_hex(hex).value()));
}

TEST_CASE("a record is laid out as the storage format says", "[record]") {
  RecordWriter out(1);
  out.number(258).text("ab").list({"c"}).map({{"k", "v"}}).time(from_ms(1)).time(std::nullopt).byte(7);
  CHECK(to_hex(out.finish().bytes()) ==
        "01"
        "0000000000000102"
        "000000026162"
        "000000010000000163"
        "00000001000000016b0000000176"
        "010000000000000001"
        "00"
        "07");
}

TEST_CASE("a record is read as it was written", "[record]") {
  RecordWriter out(3);
  out.text("").text(std::string("a\0b", 3)).number(-1).secret(Secret("s")).key(testing::test_key());
  const Plaintext record = out.finish();
  RecordReader in(record, 3);
  CHECK(in.text().empty());
  CHECK(in.text() == std::string("a\0b", 3));
  CHECK(in.number() == -1);
  CHECK(in.secret() == Secret("s"));
  CHECK(in.key() == testing::test_key());
}

TEST_CASE("a record of another version is refused", "[record]") {
  const Plaintext record = RecordWriter(2).finish();
  CHECK(code_of([&] { RecordReader(record, 1); }) == ErrorCode::TamperedRow);
}

TEST_CASE("a record that ends anywhere too early is refused", "[record]") {
  RecordWriter out(1);
  out.number(1).text("ab").list({"c", "d"}).map({{"k", "v"}}).time(from_ms(1)).key(testing::test_key());
  const Plaintext whole = out.finish();
  const auto read_all = [](const Plaintext& record) {
    RecordReader in(record, 1);
    in.number();
    in.text();
    in.list();
    in.map();
    in.time();
    in.key();
  };
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const Plaintext cut = copy(whole.bytes().first(size));
    CHECK(code_of([&] { read_all(cut); }) == ErrorCode::TamperedRow);
  }
  CHECK_FALSE(code_of([&] { read_all(whole); }));
}

TEST_CASE("a length or count beyond the record is refused before anything is taken", "[record]") {
  const Plaintext record = from_hex_text("01ffffffff00");
  CHECK(code_of([&] { RecordReader(record, 1).text(); }) == ErrorCode::TamperedRow);
  CHECK(code_of([&] { RecordReader(record, 1).list(); }) == ErrorCode::TamperedRow);
  CHECK(code_of([&] { RecordReader(record, 1).map(); }) == ErrorCode::TamperedRow);
}

}  // namespace
}  // namespace coffer
