#pragma once

#include <memory>

#include "vault/crypto/key_slot.h"
#include "vault/crypto/keyring.h"
#include "vault/store/database.h"
#include "vault/store/migrations.h"
#include "vault/store/sql_connection.h"
#include "vault/store/vault_files.h"

namespace coffer {

// The file of a vault that nobody serves, locked for as long as the object lives, with the key
// that is to open it. Makes no vault and changes nothing by itself; what a killed process left in the
// log is written back when it is closed, but with Access::Inspect.
struct OfflineVault {
  // Throws VaultInUse, CorruptHeader, UnsafePermissions, NotFound, Storage, and what its key's
  // source throws.
  explicit OfflineVault(VaultLocation location, SqlConnection::Access access = SqlConnection::Access::Write);

  // Throws as header::unlock() and schema::require_unchanged() do.
  std::unique_ptr<Keyring> unlock() const;

  // After a commit that takes secrets away: moves the log into the file, so that they are in neither.
  // Throws WrongState at once where another program reads the vault.
  void empty_log() const;

  std::filesystem::path path;
  KeyMaterial key;
  migrations::Steps steps;
  LockFile lock;
  std::unique_ptr<SqlConnection> connection;
};

}  // namespace coffer
