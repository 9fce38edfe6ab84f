#include "vault/store/header.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vault/base/error.h"
#include "vault/store/data_keys.h"
#include "vault/store/header_rows.h"
#include "vault/store/migrations.h"
#include "vault/store/sql_error.h"
#include "vault/store/sql_query.h"

namespace coffer::header {
namespace {

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

struct Unlocked {
  Contents contents;
  OpenedSlot slot;
  std::unique_ptr<Keyring> keys;
};

Unlocked unlock_checked(SqlConnection& connection, const KeyMaterial& material, int newest) {
  const Preamble preamble = read_preamble(connection);
  check_readable(connection, preamble, newest);
  auto [contents, mac] = read_contents(connection, preamble);
  OpenedSlot slot = open_slot(contents, material);
  auto keys = std::make_unique<Keyring>(slot.root, contents.root_epoch, contents.preamble.vault_uuid);
  if (!constant_time_equal(keys->mac(Purpose::Header, header_bytes(contents).bytes()), mac)) {
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
  mark_file(connection);
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
  Contents contents = read_contents(connection, read_preamble(connection)).contents;
  raise_format(contents.preamble, kAnchoredFormat);
  write_header(connection, contents, keys);
}

void set_schema_version(SqlConnection& connection, const Keyring& keys, int version) {
  Contents contents = read_contents(connection, read_preamble(connection)).contents;
  contents.preamble.schema_version = version;
  write_header(connection, contents, keys);
}

}  // namespace coffer::header
