#pragma once

#include <memory>

#include "vault/crypto/key_slot.h"
#include "vault/crypto/keyring.h"
#include "vault/store/sql_connection.h"

// What a vault file says about itself: format, identity, key slots. docs/storage-format.md.
namespace coffer::header {

inline constexpr std::int64_t kFormat = 1;
inline constexpr std::int64_t kMinReader = 1;  // the oldest format number that can read ours

// True for a file in which nothing was ever committed: new, or left by a crash while being made.
bool is_blank(SqlConnection& connection);

// True for the SQLite results that a file with a broken header gives.
bool is_damage(int sqlite_result);

// Makes identity, root key and first slot, in the caller's transaction and after the migrations.
std::unique_ptr<Keyring> create(SqlConnection& connection, const KeyMaterial& material, Random& random);

// Throws CorruptHeader, NewerFormat or WrongKey.
std::unique_ptr<Keyring> unlock(SqlConnection& connection, const KeyMaterial& material);

// After a migration step, in its transaction.
void set_schema_version(SqlConnection& connection, const Keyring& keys, int version);

}  // namespace coffer::header
