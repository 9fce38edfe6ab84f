#include "vault/crypto/row_message.h"

#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "tests/unit/crypto/crypto_fixture.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

Keyring first_keyring(std::uint8_t root = 1) {
  return {key_from(root), 1, std::string(kVaultUuid)};
}

using Fill = std::function<void(RowMessage&)>;

std::string message(const Fill& fill, const Keyring& keys = first_keyring(), std::string_view table = "t") {
  RowMessage row(keys, table);
  fill(row);
  return to_hex(row.bytes());
}

}  // namespace

TEST_CASE("a row begins with vault and table, and each column with its type", "[crypto]") {
  const Keyring keys(key_from(1), 1, "u");
  const std::string expected = "540000000a" + to_hex(as_bytes("coffer/row")) + "5400000001" + "75" +
                               "5400000001" + "74" + "54000000016b" +  // text k
                               "490000000000000005" +                  // number 5
                               "4e" +                                  // null
                               "4200000002" + "00ff" +                 // blob
                               "49" + "00000000000003e8";              // one second
  CHECK(message(
            [](RowMessage& row) {
              row.text("k").number(5).optional_text(std::nullopt).blob(bytes_of_hex("00ff"));
              row.time(from_ms(1000));
            },
            keys) == expected);
}

TEST_CASE("columns that look alike are told apart", "[crypto]") {
  const std::vector<Fill> rows = {
      [](RowMessage& row) { row.optional_text(std::nullopt); },
      [](RowMessage& row) { row.text(""); },
      [](RowMessage& row) { row.blob({}); },
      [](RowMessage& row) { row.number(0); },
      [](RowMessage& row) { row.text("ab"); },
      [](RowMessage& row) { row.blob(bytes_of("ab")); },
      [](RowMessage& row) { row.text("a").text("b"); },
      [](RowMessage& row) { row.text("").text("ab"); },
      [](RowMessage& row) { row.text("ab").text(""); },
      [](RowMessage& row) { row.text("ab").optional_text(std::nullopt); },
      [](RowMessage& row) { row.optional_text(std::nullopt).text("ab"); },
      [](RowMessage&) {},
  };
  std::set<std::string> seen;
  for (const Fill& row : rows) seen.insert(message(row));
  CHECK(seen.size() == rows.size());
}

TEST_CASE("absent numbers, times, texts and sealed columns are one null", "[crypto]") {
  const std::string null = message([](RowMessage& row) { row.optional_text(std::nullopt); });
  CHECK(message([](RowMessage& row) { row.number(std::optional<std::int64_t>()); }) == null);
  CHECK(message([](RowMessage& row) { row.time(std::optional<Timestamp>()); }) == null);
  CHECK(message([](RowMessage& row) { row.sealed({}); }) == null);
}

TEST_CASE("a sealed column counts by its tag", "[crypto]") {
  std::vector<std::uint8_t> envelope(304, 1);
  const auto row = [&] { return message([&](RowMessage& m) { m.sealed(envelope); }); };
  const std::string before = row();
  envelope.back() ^= 1;
  CHECK(row() != before);
  CHECK(
      before.ends_with("5300000010"
                       "01010101010101010101010101010101"));
}

TEST_CASE("a row's MAC fits in its table, its vault and for its purpose only", "[crypto]") {
  const Keyring keys = first_keyring();
  const Keyring other_vault(key_from(1), 1, "another-uuid");
  const Keyring other_root = first_keyring(2);
  const std::set<Mac> macs = {
      RowMessage(keys, "connection").text("ca_1").mac(),
      RowMessage(keys, "link").text("ca_1").mac(),
      RowMessage(other_vault, "connection").text("ca_1").mac(),
      RowMessage(other_root, "connection").text("ca_1").mac(),
      RowMessage(keys, "connection").text("ca_1").mac(Purpose::Audit),
  };
  CHECK(macs.size() == 5);
}
