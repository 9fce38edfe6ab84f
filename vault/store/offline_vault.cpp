#include "vault/store/offline_vault.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <utility>

#include "vault/base/error.h"
#include "vault/store/header.h"
#include "vault/store/schema.h"

namespace coffer {
namespace {

std::filesystem::path checked(const std::filesystem::path& vault) {
  std::filesystem::path path = vault_files::prepare(vault, false);
  vault_files::check_private(path);
  return path;
}

std::unique_ptr<SqlConnection> open_file(const std::filesystem::path& path, SqlConnection::Access access) {
  vault_files::check_whole(path);
  try {
    auto connection = std::make_unique<SqlConnection>(path, access);
    if (!header::is_blank(*connection)) return connection;
  } catch (const SQLite::Exception&) {
    header::rethrow_unreadable();
  }
  header::throw_blank(path.string());
}

}  // namespace

OfflineVault::OfflineVault(VaultLocation location, SqlConnection::Access access)
    : path(checked(location.path)),
      key(load(std::move(location.key))),
      steps(location.schema.empty() ? migrations::all() : location.schema),
      lock(vault_files::lock_path(path)),
      connection(open_file(path, access)) {}

std::unique_ptr<Keyring> OfflineVault::unlock() const {
  auto keys = header::unlock(*connection, key, static_cast<int>(steps.size()));
  schema::require_unchanged(*connection, steps);
  return keys;
}

void OfflineVault::empty_log() const {
  sqlite3_busy_timeout(connection->handle(), 0);
  const int result =
      sqlite3_wal_checkpoint_v2(connection->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (result == SQLITE_OK) return;
  throw Error(ErrorCode::WrongState,
              "the change is stored, but the vault's file still holds what was there before: " +
                  std::string(sqlite3_errstr(result)),
              "end the program that reads " + path.string() + ", then run: coffer keys");
}

}  // namespace coffer
