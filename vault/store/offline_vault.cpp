#include "vault/store/offline_vault.h"

#include <SQLiteCpp/Exception.h>

#include <utility>

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

}  // namespace coffer
