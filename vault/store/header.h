#pragma once

#include <memory>
#include <string>
#include <vector>

#include "vault/crypto/key_slot.h"
#include "vault/crypto/keyring.h"
#include "vault/store/sql_connection.h"

// What a vault file says about itself: format, identity, key slots. docs/storage-format.md.
namespace coffer::header {

// A vault begins in the first format. In the second, which it has once its root key was renewed, the lookup
// keys are not derived from the root key but stand among the data keys.
inline constexpr std::int64_t kFirstFormat = 1;
inline constexpr std::int64_t kRenewedFormat = 2;
// In the third there may be an anchor: which one, the sealed note of it says.
inline constexpr std::int64_t kAnchoredFormat = 3;
inline constexpr std::int64_t kNewestFormat = kAnchoredFormat;

// For a catch-all around opening the file: throws CorruptHeader where SQLite's failure is what a
// file with a broken header gives, and otherwise what the exception in flight means.
[[noreturn]] void rethrow_unreadable();

// CorruptHeader: the file at `path` is there and holds no vault, and none is to be made.
[[noreturn]] void throw_blank(const std::string& path);

// True for a file in which nothing was ever committed: new, or left by a crash while being made.
// Throws CorruptHeader, Storage.
bool is_blank(SqlConnection& connection);

// Makes identity, root key and first slot, in the caller's transaction and after the migrations.
std::unique_ptr<Keyring> create(SqlConnection& connection, const KeyMaterial& material, int schema_version,
                                Random& random);

// Reads and changes nothing. `newest`: the schema version that the caller knows how to read.
// Throws CorruptHeader, NewerFormat or WrongKey.
std::unique_ptr<Keyring> unlock(SqlConnection& connection, const KeyMaterial& material, int newest);

struct SlotEntry {
  std::int64_t number = 0;
  KeySlot::Kind kind = KeySlot::Kind::Key;
  bool is_opened = false;  // by the key that was given
};
// Throws as unlock() does, as do the two below.
std::vector<SlotEntry> list_slots(SqlConnection& connection, const KeyMaterial& material, int newest);
// Makes `added` open the vault as well; the new slot's number. In the caller's transaction, as
// remove_slot(). Throws Conflict if it does already, or if all slots are in use.
std::int64_t add_slot(SqlConnection& connection, const KeyMaterial& material, const KeyMaterial& added,
                      int newest, Random& random);
// Throws NotFound; WrongState for the slot that `material` opens, so that one way in stays.
void remove_slot(SqlConnection& connection, const KeyMaterial& material, std::int64_t number, int newest);

// Puts a new root key of the next epoch in place of the old one; its keyring, with the old one's lookup
// keys. In the caller's transaction, which has to bring along what depends on the root key.
// Throws as unlock() does; WrongState where other slots than the one that `material` opens would be lost.
std::unique_ptr<Keyring> renew_root(SqlConnection& connection, const KeyMaterial& material, int newest,
                                    Random& random);

// Of a vault that was unlocked.
bool may_be_anchored(SqlConnection& connection);
// Lets it be anchored from now on, for good. In the caller's transaction.
void let_be_anchored(SqlConnection& connection, const Keyring& keys);

// After a migration step, in its transaction.
void set_schema_version(SqlConnection& connection, const Keyring& keys, int version);

}  // namespace coffer::header
