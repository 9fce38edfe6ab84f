#include "vault/store/database.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <mutex>

#include "vault/base/error.h"
#include "vault/crypto/key_slot.h"
#include "vault/store/header.h"
#include "vault/store/integrity.h"
#include "vault/store/migrations.h"
#include "vault/store/read_transaction.h"
#include "vault/store/sql_error.h"
#include "vault/store/vault_files.h"
#include "vault/store/write_transaction.h"

namespace coffer {
namespace {

// One transaction for all of it: a crash leaves a blank file, never half a vault.
std::unique_ptr<Keyring> initialize(SqlConnection& connection, const KeyMaterial& material, Random& random) {
  connection.execute("BEGIN IMMEDIATE");
  for (int step = 0; step < migrations::newest(); ++step) migrations::apply(connection, step);
  std::unique_ptr<Keyring> keys = header::create(connection, material, random);
  DigestRow().write(connection, *keys);
  connection.reset_statements();
  connection.execute("COMMIT");
  return keys;
}

void migrate(SqlConnection& connection, const Keyring& keys) {
  const int from = migrations::version_of(connection);
  for (int step = from; step < migrations::newest(); ++step) {
    connection.execute("BEGIN IMMEDIATE");
    migrations::apply(connection, step);
    header::set_schema_version(connection, keys, step + 1);
    connection.reset_statements();
    connection.execute("COMMIT");
  }
}

std::unique_ptr<Writer> open_writer(const std::filesystem::path& path, ReaderPool& readers) {
  try {
    return std::make_unique<Writer>(path, readers);
  } catch (const SQLite::Exception& failure) {
    if (!header::is_damage(failure.getErrorCode())) rethrow_converted();
    throw Error(ErrorCode::CorruptHeader, "the vault's header cannot be read",
                "restore the vault from a backup");
  }
}

class OpenDatabase final : public Database {
 public:
  OpenDatabase(const std::filesystem::path& path, const KeyMaterial& material, bool create, Random& random,
               Log& log)
      : random_(random), log_(log), lock_(vault_files::lock_path(path)), readers_(path) {
    vault_files::create_if_missing(path);
    writer_ = open_writer(path, readers_);
    converting([&] { unlock(path, material, create); });
    vault_files::check_private(path);
  }

  // The last connection to close moves the log into the main file; that is the writer's work.
  ~OpenDatabase() override { readers_.close_idle(); }

  std::unique_ptr<ReadTransaction> read() override {
    return std::make_unique<Reading>(readers_, *keys_, log_);
  }

  std::unique_ptr<WriteTransaction> write() override { return begin_write(*writer_, *keys_, random_, log_); }

  void checkpoint(bool truncate) override {
    const std::lock_guard turn(writer_->turn);
    const int result = writer_->checkpoint(truncate);
    if (result != SQLITE_OK) {
      throw Error(ErrorCode::Storage, std::string("checkpoint: ") + sqlite3_errstr(result),
                  result == SQLITE_BUSY ? "a read is still running; try again" : "");
    }
  }

  std::string vault_uuid() const override { return keys_->vault_uuid(); }
  int schema_version() const override { return migrations::newest(); }

  std::vector<std::string> check() override {
    Reading tx(readers_, *keys_, log_);
    integrity::Faults faults = converting([&] { return integrity::check_file(tx.connection()); });
    integrity::check_rows(tx, faults);
    integrity::check_digest(tx, tx.connection(), faults);
    return faults;
  }

 private:
  void unlock(const std::filesystem::path& path, const KeyMaterial& material, bool create) {
    SqlConnection& connection = writer_->connection;
    if (!header::is_blank(connection)) {
      keys_ = header::unlock(connection, material);
      connection.reset_statements();
      migrate(connection, *keys_);
    } else if (create) {
      keys_ = initialize(connection, material, random_);
    } else {
      throw Error(ErrorCode::NotFound, "there is no vault in " + path.string(), "make one with: coffer init");
    }
    writer_->digest = std::make_unique<DigestKeeper>(connection, *keys_);
  }

  Random& random_;
  Log& log_;
  LockFile lock_;  // goes last
  std::unique_ptr<Keyring> keys_;
  ReaderPool readers_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace

std::unique_ptr<Database> Database::open(VaultLocation location, Random& random, Log& log) {
  const std::filesystem::path path = vault_files::prepare(location.path, location.create_if_missing);
  vault_files::check_private(path);
  const KeyMaterial material = load(std::move(location.key));
  return std::make_unique<OpenDatabase>(path, material, location.create_if_missing, random, log);
}

}  // namespace coffer
