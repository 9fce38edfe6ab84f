#include "vault/store/header_rows.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "vault/base/error.h"
#include "vault/store/sql_query.h"

namespace coffer::header {
namespace {

constexpr int kApplicationId = 0x434F4652;  // "COFR"

void add_preamble(LengthPrefixed& out, const Preamble& preamble) {
  out.add("coffer/header").add(preamble.format).add(preamble.min_reader).add(preamble.schema_version);
  out.add(preamble.vault_uuid);
}

LengthPrefixed preamble_bytes(const Preamble& preamble) {
  LengthPrefixed out;
  add_preamble(out, preamble);
  return out;
}

Mac to_mac(Bytes bytes) {
  Mac mac{};
  if (bytes.size() != mac.size()) throw_corrupt("the vault's header is damaged");
  std::copy(bytes.begin(), bytes.end(), mac.begin());
  return mac;
}

KeySlot read_slot(SqlQuery& row) {
  KeySlot slot;
  slot.number = row.number();
  const auto kind = parse_slot_kind(row.text());
  if (!kind) throw_corrupt("key slot " + std::to_string(slot.number) + " is of an unknown kind");
  slot.kind = *kind;
  slot.salt = row.copied_blob();
  slot.cost.passes = static_cast<std::uint64_t>(row.number());
  slot.cost.memory_bytes = static_cast<std::uint64_t>(row.number());
  slot.cost.for_tests = row.flag();
  slot.root_epoch = static_cast<std::uint32_t>(row.number());
  slot.commitment = to_mac(row.blob());
  slot.wrapped_root = row.copied_blob();
  return slot;
}

std::vector<KeySlot> read_slots(SqlConnection& connection) {
  SqlQuery rows(connection, R"sql(
    SELECT number, kind, salt, passes, memory_bytes, for_tests, root_epoch, commitment, wrapped_root
      FROM key_slot ORDER BY number LIMIT 9)sql");
  std::vector<KeySlot> slots;
  while (rows.step()) slots.push_back(read_slot(rows));
  if (slots.empty() || std::ssize(slots) > kMostSlots) throw_corrupt("the vault's key slots are damaged");
  return slots;
}

}  // namespace

void throw_corrupt(const std::string& fact) {
  throw Error(ErrorCode::CorruptHeader, fact, "restore the vault from a backup");
}

LengthPrefixed header_bytes(const Contents& contents) {
  LengthPrefixed out;
  add_preamble(out, contents.preamble);
  out.add(std::int64_t{contents.root_epoch}).add(static_cast<std::int64_t>(contents.slots.size()));
  for (const KeySlot& slot : contents.slots) {
    out.add(slot.number).add(to_string(slot.kind)).add(Bytes(slot.salt));
    out.add(static_cast<std::int64_t>(slot.cost.passes));
    out.add(static_cast<std::int64_t>(slot.cost.memory_bytes)).add(std::int64_t{slot.cost.for_tests});
    out.add(std::int64_t{slot.root_epoch}).add(Bytes(slot.commitment)).add(Bytes(slot.wrapped_root));
  }
  return out;
}

Preamble read_preamble(SqlConnection& connection) {
  if (connection.value_of("PRAGMA application_id") != kApplicationId) {
    throw_corrupt("the file is not a coffer vault");
  }
  SqlQuery row(
      connection,
      "SELECT format, min_reader, schema_version, vault_uuid, preamble_sum FROM header WHERE id = 1");
  if (!row.step()) throw_corrupt("the vault has no header");
  Preamble preamble;
  preamble.format = row.number();
  preamble.min_reader = row.number();
  preamble.schema_version = row.number();
  preamble.vault_uuid = row.text();
  if (!constant_time_equal(checksum(preamble_bytes(preamble).bytes()), row.blob())) {
    throw_corrupt("the vault's header is damaged");
  }
  return preamble;
}

StoredContents read_contents(SqlConnection& connection, const Preamble& preamble) {
  Contents contents;
  contents.preamble = preamble;
  SqlQuery row(connection, "SELECT root_epoch, header_sum, header_mac FROM header WHERE id = 1");
  if (!row.step()) throw_corrupt("the vault has no header");
  contents.root_epoch = static_cast<std::uint32_t>(row.number());
  const std::vector<std::uint8_t> sum = row.copied_blob();
  std::vector<std::uint8_t> mac = row.copied_blob();
  contents.slots = read_slots(connection);
  if (!constant_time_equal(checksum(header_bytes(contents).bytes()), sum)) {
    throw_corrupt("the vault's header is damaged");
  }
  return {std::move(contents), std::move(mac)};
}

void mark_file(SqlConnection& connection) {
  connection.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
}

void write_header(SqlConnection& connection, const Contents& contents, const Keyring& keys) {
  const LengthPrefixed all = header_bytes(contents);
  const Preamble& preamble = contents.preamble;
  SqlQuery(connection, "INSERT OR REPLACE INTO header VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)")
      .number(preamble.format)
      .number(preamble.min_reader)
      .number(preamble.schema_version)
      .text(preamble.vault_uuid)
      .blob(checksum(preamble_bytes(preamble).bytes()))
      .number(contents.root_epoch)
      .blob(checksum(all.bytes()))
      .blob(keys.mac(Purpose::Header, all.bytes()))
      .run();
}

void write_slot(SqlConnection& connection, const KeySlot& slot) {
  SqlQuery(connection, "INSERT INTO key_slot VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .number(slot.number)
      .text(to_string(slot.kind))
      .blob(slot.salt)
      .number(static_cast<std::int64_t>(slot.cost.passes))
      .number(static_cast<std::int64_t>(slot.cost.memory_bytes))
      .number(slot.cost.for_tests)
      .number(slot.root_epoch)
      .blob(slot.commitment)
      .blob(slot.wrapped_root)
      .run();
}

}  // namespace coffer::header
