#include "vault/store/header.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vault/base/error.h"
#include "vault/crypto/length_prefixed.h"
#include "vault/store/data_keys.h"
#include "vault/store/migrations.h"
#include "vault/store/sql_error.h"
#include "vault/store/sql_query.h"

namespace coffer::header {
namespace {

constexpr int kApplicationId = 0x434F4652;  // "COFR"

struct Preamble {
  std::int64_t format = kFirstFormat;
  std::int64_t min_reader = kFirstFormat;  // the oldest format whose readers can read this one
  std::int64_t schema_version = 0;
  std::string vault_uuid;
};

constexpr std::uint32_t kFirstEpoch = 1;

struct Contents {
  Preamble preamble;
  std::uint32_t root_epoch = kFirstEpoch;
  std::vector<KeySlot> slots;
};

[[noreturn]] void throw_corrupt(const std::string& fact) {
  throw Error(ErrorCode::CorruptHeader, fact, "restore the vault from a backup");
}

void add_preamble(LengthPrefixed& out, const Preamble& preamble) {
  out.add("coffer/header").add(preamble.format).add(preamble.min_reader).add(preamble.schema_version);
  out.add(preamble.vault_uuid);
}

LengthPrefixed preamble_bytes(const Preamble& preamble) {
  LengthPrefixed out;
  add_preamble(out, preamble);
  return out;
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

// The columns of this query stay as they are in every format, so that any release can tell a
// newer vault from a damaged one.
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

void check_readable(SqlConnection& connection, const Preamble& preamble, int newest) {
  if (preamble.min_reader > kNewestFormat || preamble.schema_version > newest) {
    throw Error(ErrorCode::NewerFormat,
                "the vault has format " + std::to_string(preamble.format) + " and schema " +
                    std::to_string(preamble.schema_version) + ", newer than this release knows",
                "it was written by a newer release; upgrade this one");
  }
  if (migrations::version_of(connection) != preamble.schema_version) {
    throw_corrupt("the vault's header does not fit its schema");
  }
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

struct Sums {
  std::vector<std::uint8_t> header_sum;
  std::vector<std::uint8_t> header_mac;
};

// After the preamble, which says whether this release knows the rest.
Contents read_contents(SqlConnection& connection, const Preamble& preamble, Sums& sums) {
  Contents contents;
  contents.preamble = preamble;
  SqlQuery row(connection, "SELECT root_epoch, header_sum, header_mac FROM header WHERE id = 1");
  if (!row.step()) throw_corrupt("the vault has no header");
  contents.root_epoch = static_cast<std::uint32_t>(row.number());
  sums.header_sum = row.copied_blob();
  sums.header_mac = row.copied_blob();
  contents.slots = read_slots(connection);
  if (!constant_time_equal(checksum(header_bytes(contents).bytes()), sums.header_sum)) {
    throw_corrupt("the vault's header is damaged");
  }
  return contents;
}

struct OpenedSlot {
  std::int64_t number = 0;
  KeyBytes root;
};

std::optional<OpenedSlot> try_slots(const Contents& contents, const KeyMaterial& material) {
  for (const KeySlot& slot : contents.slots) {
    if (auto root = unlock(slot, material, contents.preamble.vault_uuid)) {
      return OpenedSlot{slot.number, std::move(*root)};
    }
  }
  return std::nullopt;
}

OpenedSlot open_slot(const Contents& contents, const KeyMaterial& material) {
  if (auto opened = try_slots(contents, material)) return std::move(*opened);
  throw Error(ErrorCode::WrongKey, "the key does not open this vault",
              "use the key file or passphrase that the vault was made with");
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

// SQLite's results for a file with a broken header.
struct Unlocked {
  Contents contents;
  OpenedSlot slot;
  std::unique_ptr<Keyring> keys;
};

Unlocked unlock_checked(SqlConnection& connection, const KeyMaterial& material, int newest) {
  const Preamble preamble = read_preamble(connection);
  check_readable(connection, preamble, newest);
  Sums sums;
  Contents contents = read_contents(connection, preamble, sums);
  OpenedSlot slot = open_slot(contents, material);
  auto keys = std::make_unique<Keyring>(slot.root, contents.root_epoch, contents.preamble.vault_uuid);
  if (!constant_time_equal(keys->mac(Purpose::Header, header_bytes(contents).bytes()), sums.header_mac)) {
    throw_corrupt("the vault's header fails authentication");
  }
  return {std::move(contents), std::move(slot), std::move(keys)};
}

Unlocked unlock_whole(SqlConnection& connection, const KeyMaterial& material, int newest) {
  try {
    return unlock_checked(connection, material, newest);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::Storage || !is_damage(sqlite3_errcode(connection.handle()))) throw;
    throw_corrupt("the vault's header cannot be read");
  } catch (const SQLite::Exception&) {
    rethrow_unreadable();
  }
}

constexpr std::size_t kLeastPassphraseBytes = 8;  // NIST SP 800-63B section 5.1.1.1

// Of a slot that is made; what opens an older vault is not asked.
void require_strong(const KeyMaterial& material) {
  const auto* passphrase = std::get_if<Passphrase>(&material);
  if (passphrase == nullptr || passphrase->text.size() >= kLeastPassphraseBytes) return;
  throw Error(ErrorCode::InvalidArgument,
              "the passphrase has fewer than " + std::to_string(kLeastPassphraseBytes) + " bytes",
              "whoever has the file can try all short ones: choose several words");
}

void raise_format(Preamble& preamble, std::int64_t least) {
  preamble.format = preamble.min_reader = std::max(preamble.format, least);
}

KeyBytes lookup_key(SqlConnection& connection, const Keyring& keys, std::string_view owner) {
  SqlQuery row(connection, "SELECT id, wrapped FROM data_key WHERE owner = ?");
  if (!row.text(owner).step()) throw_corrupt("the vault has lost its lookup keys");
  const std::int64_t id = row.number();
  return data_keys::from_row(keys, id, row.blob(), owner).key;
}

void adopt_lookup_keys(SqlConnection& connection, Keyring& keys) {
  if (keys.root_epoch() == kFirstEpoch) return;
  keys.adopt({lookup_key(connection, keys, data_keys::kBlindIndex),
              lookup_key(connection, keys, data_keys::kTokenHash)});
}

// A slot can be made by its own key only.
void require_only_slot(const std::vector<KeySlot>& slots, std::int64_t opened) {
  std::string others;
  for (const KeySlot& slot : slots) {
    if (slot.number != opened) others += (others.empty() ? "" : ", ") + std::to_string(slot.number);
  }
  if (others.empty()) return;
  throw Error(ErrorCode::WrongState,
              "a new root key needs the key of every slot, and slot " + others +
                  " opens by another than the one given",
              "remove it with `coffer keys remove`, and add its key again afterwards");
}

std::int64_t free_number(const std::vector<KeySlot>& slots) {
  std::int64_t number = 1;
  for (const KeySlot& slot : slots) number += slot.number == number ? 1 : 0;
  if (number > kMostSlots) {
    throw Error(ErrorCode::Conflict, "all " + std::to_string(kMostSlots) + " key slots are in use",
                "remove one that is no longer needed");
  }
  return number;
}

bool is_lower(const KeySlot& a, const KeySlot& b) {
  return a.number < b.number;
}

}  // namespace

void rethrow_unreadable() {
  try {
    throw;
  } catch (const SQLite::Exception& failure) {
    if (!is_damage(failure.getErrorCode())) rethrow_converted();
  }
  throw_corrupt("the vault's header cannot be read");
}

void throw_blank(const std::string& path) {
  throw Error(
      ErrorCode::CorruptHeader, path + " is empty",
      "restore the vault from a backup; if there never was one, remove the file and run: coffer init");
}

bool is_blank(SqlConnection& connection) {
  try {
    return connection.value_of("SELECT count(*) FROM sqlite_schema") == 0 &&
           migrations::version_of(connection) == 0;
  } catch (const SQLite::Exception&) {
    rethrow_unreadable();
  }
}

std::unique_ptr<Keyring> create(SqlConnection& connection, const KeyMaterial& material, int schema_version,
                                Random& random) {
  require_strong(material);
  Contents contents;
  contents.preamble.schema_version = schema_version;
  contents.preamble.vault_uuid = random_uuid(random);
  const KeyBytes root = random_key(random);
  contents.slots.push_back(
      make_slot(material, 1, contents.preamble.vault_uuid, root, contents.root_epoch, random));
  auto keys = std::make_unique<Keyring>(root, contents.root_epoch, contents.preamble.vault_uuid);
  connection.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
  write_slot(connection, contents.slots.front());
  write_header(connection, contents, *keys);
  return keys;
}

std::unique_ptr<Keyring> unlock(SqlConnection& connection, const KeyMaterial& material, int newest) {
  std::unique_ptr<Keyring> keys = unlock_whole(connection, material, newest).keys;
  adopt_lookup_keys(connection, *keys);
  return keys;
}

std::vector<SlotEntry> list_slots(SqlConnection& connection, const KeyMaterial& material, int newest) {
  const Unlocked vault = unlock_whole(connection, material, newest);
  std::vector<SlotEntry> entries;
  for (const KeySlot& slot : vault.contents.slots) {
    entries.push_back({slot.number, slot.kind, slot.number == vault.slot.number});
  }
  return entries;
}

std::int64_t add_slot(SqlConnection& connection, const KeyMaterial& material, const KeyMaterial& added,
                      int newest, Random& random) {
  require_strong(added);
  Unlocked vault = unlock_whole(connection, material, newest);
  std::vector<KeySlot>& slots = vault.contents.slots;
  if (const auto present = try_slots(vault.contents, added)) {
    throw Error(ErrorCode::Conflict,
                "key slot " + std::to_string(present->number) + " opens by this key already");
  }
  const std::int64_t number = free_number(slots);
  slots.push_back(make_slot(added, number, vault.contents.preamble.vault_uuid, vault.slot.root,
                            vault.contents.root_epoch, random));
  write_slot(connection, slots.back());
  std::sort(slots.begin(), slots.end(), is_lower);
  write_header(connection, vault.contents, *vault.keys);
  return number;
}

void remove_slot(SqlConnection& connection, const KeyMaterial& material, std::int64_t number, int newest) {
  Unlocked vault = unlock_whole(connection, material, newest);
  if (number == vault.slot.number) {
    throw Error(ErrorCode::WrongState,
                "key slot " + std::to_string(number) + " is the one that this key opens",
                "open the vault with another key to remove it");
  }
  if (std::erase_if(vault.contents.slots, [&](const KeySlot& slot) { return slot.number == number; }) == 0) {
    throw Error(ErrorCode::NotFound, "there is no key slot " + std::to_string(number));
  }
  SqlQuery(connection, "DELETE FROM key_slot WHERE number = ?").number(number).run();
  write_header(connection, vault.contents, *vault.keys);
}

std::unique_ptr<Keyring> renew_root(SqlConnection& connection, const KeyMaterial& material, int newest,
                                    Random& random) {
  Unlocked vault = unlock_whole(connection, material, newest);
  adopt_lookup_keys(connection, *vault.keys);
  Contents& contents = vault.contents;
  require_only_slot(contents.slots, vault.slot.number);
  const std::string& uuid = contents.preamble.vault_uuid;
  const KeyBytes root = random_key(random);
  ++contents.root_epoch;
  raise_format(contents.preamble, kRenewedFormat);
  contents.slots.front() = make_slot(material, vault.slot.number, uuid, root, contents.root_epoch, random);
  auto keys = std::make_unique<Keyring>(root, contents.root_epoch, uuid);
  keys->adopt(vault.keys->lookup_keys());
  SqlQuery(connection, "DELETE FROM key_slot").run();
  write_slot(connection, contents.slots.front());
  write_header(connection, contents, *keys);
  return keys;
}

bool may_be_anchored(SqlConnection& connection) {
  return read_preamble(connection).format >= kAnchoredFormat;
}

void let_be_anchored(SqlConnection& connection, const Keyring& keys) {
  Sums unused;
  Contents contents = read_contents(connection, read_preamble(connection), unused);
  raise_format(contents.preamble, kAnchoredFormat);
  write_header(connection, contents, keys);
}

void set_schema_version(SqlConnection& connection, const Keyring& keys, int version) {
  Sums unused;
  Contents contents = read_contents(connection, read_preamble(connection), unused);
  contents.preamble.schema_version = version;
  write_header(connection, contents, keys);
}

}  // namespace coffer::header
