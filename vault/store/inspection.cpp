#include "vault/store/inspection.h"

#include <utility>

#include "vault/base/error.h"
#include "vault/store/header.h"
#include "vault/store/integrity.h"
#include "vault/store/migrations.h"
#include "vault/store/offline_vault.h"
#include "vault/store/schema.h"
#include "vault/store/sql_error.h"

namespace coffer {
namespace {

// Ends with its connection, which rolls back.
class Inspecting final : public ReadTransaction {
 public:
  Inspecting(SqlConnection& connection, const Keyring& keys, Log& log)
      : connection_(connection), keys_(keys), log_(log) {
    connection.run("BEGIN");
  }

  sqlite3_stmt* prepare(const char* sql) override {
    return converting([&] { return connection_.prepare(sql); });
  }
  const Keyring& keys() const override { return keys_; }
  Log& log() const override { return log_; }

 private:
  SqlConnection& connection_;
  const Keyring& keys_;
  Log& log_;
};

void look_at_anchor(SqlConnection& connection, const Keyring& keys, Log& log, Inspection& found) {
  try {
    found.anchor = anchors::state_of(connection, keys, log);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::WrongState) throw;
    found.anchor_fault = error.what();
  }
}

Inspection examine(const OfflineVault& vault, Log& log) {
  SqlConnection& connection = *vault.connection;
  Inspection found;
  found.newest_version = static_cast<int>(vault.steps.size());
  const auto keys = header::unlock(connection, vault.key, found.newest_version);
  found.schema_version = migrations::version_of(connection);
  found.schema_faults = schema::differences(connection, vault.steps);
  if (!found.schema_faults.empty()) return found;
  look_at_anchor(connection, *keys, log, found);
  Inspecting tx(connection, *keys, log);
  for (int version = found.schema_version; version < found.newest_version; ++version) {
    migrations::apply(connection, vault.steps, version);
  }
  found.faults = integrity::check_all(tx, connection);
  return found;
}

}  // namespace

Inspection inspect(VaultLocation location, Log& log) {
  const OfflineVault vault(std::move(location), SqlConnection::Access::Inspect);
  return converting([&] { return examine(vault, log); });
}

}  // namespace coffer
