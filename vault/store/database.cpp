#include "vault/store/database.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>

#include "vault/base/error.h"
#include "vault/crypto/key_slot.h"
#include "vault/store/anchor.h"
#include "vault/store/header.h"
#include "vault/store/integrity.h"
#include "vault/store/migrations.h"
#include "vault/store/read_transaction.h"
#include "vault/store/schema.h"
#include "vault/store/sql_error.h"
#include "vault/store/sql_query.h"
#include "vault/store/vault_files.h"
#include "vault/store/write_transaction.h"

namespace coffer {
namespace {

// One transaction for all of it: a crash leaves a blank file, never half a vault.
std::unique_ptr<Keyring> initialize(SqlConnection& connection, const KeyMaterial& material,
                                    migrations::Steps steps, Random& random) {
  const int newest = static_cast<int>(steps.size());
  connection.execute("BEGIN IMMEDIATE");
  for (int version = 0; version < newest; ++version) migrations::apply(connection, steps, version);
  std::unique_ptr<Keyring> keys = header::create(connection, material, newest, random);
  DigestRow().write(connection, *keys);
  connection.reset_statements();
  connection.execute("COMMIT");
  return keys;
}

// There is no way back from a schema but this copy.
void keep_copy(SqlConnection& connection, const std::filesystem::path& vault, int version) {
  const std::filesystem::path draft = vault_files::make_draft(vault);
  connection.reset_statements();
  SqlQuery(connection, "VACUUM INTO ?").text(draft.string()).run();
  connection.reset_statements();
  vault_files::finish_draft(draft, vault_files::copy_path(vault, version));
}

void migrate(SqlConnection& connection, const Keyring& keys, migrations::Steps steps,
             const std::filesystem::path& vault) {
  const int newest = static_cast<int>(steps.size());
  const int oldest = migrations::version_of(connection);
  if (oldest < newest) keep_copy(connection, vault, oldest);
  for (int version = oldest; version < newest; ++version) {
    connection.execute("BEGIN IMMEDIATE");
    migrations::apply(connection, steps, version);
    header::set_schema_version(connection, keys, version + 1);
    connection.reset_statements();
    connection.execute("COMMIT");
  }
  if (oldest < newest) vault_files::remove_copies_before(vault, oldest);
}

std::unique_ptr<Writer> open_writer(const std::filesystem::path& path, ReaderPool& readers) {
  try {
    return std::make_unique<Writer>(path, readers);
  } catch (const SQLite::Exception&) {
    header::rethrow_unreadable();
  }
}

class OpenDatabase final : public Database {
 public:
  OpenDatabase(const VaultLocation& location, const KeyMaterial& material, Random& random, Log& log)
      : random_(random), log_(log), lock_(vault_files::lock_path(location.path)), readers_(location.path) {
    vault_files::check_whole(location.path);
    was_cut_short_ = vault_files::has_log(location.path);
    vault_files::create_if_missing(location.path);
    writer_ = open_writer(location.path, readers_);
    if (location.is_temporary) writer_->connection.execute("PRAGMA synchronous = OFF");
    converting([&] { unlock(location, material); });
    vault_files::check_private(location.path);
  }

  // The last connection to close moves the log into the main file; that is the writer's work.
  ~OpenDatabase() override { readers_.close_idle(); }

  std::unique_ptr<ReadTransaction> read() override {
    return std::make_unique<Reading>(readers_, *keys_, log_);
  }

  std::unique_ptr<WriteTransaction> write() override { return begin_write(*writer_, *keys_, random_, log_); }

  void checkpoint(bool truncate) override {
    const Turn turn(*writer_);
    const int result = writer_->checkpoint(truncate);
    if (result != SQLITE_OK) {
      throw Error(ErrorCode::Storage, std::string("checkpoint: ") + sqlite3_errstr(result),
                  result == SQLITE_BUSY ? "a read is still running; try again" : "");
    }
  }

  std::string write_fault() override {
    if (writer_->fault == SQLITE_OK) return {};
    converting([&] { writer_->try_write(); });
    const int fault = writer_->fault;
    return fault == SQLITE_OK ? "" : std::string("writes are not stored: ") + sqlite3_errstr(fault);
  }

  std::string vault_uuid() const override { return keys_->vault_uuid(); }
  int schema_version() const override { return schema_version_; }

  std::vector<std::string> check() override {
    Reading tx(readers_, *keys_, log_);
    return converting([&] { return integrity::check_all(tx, tx.connection()); });
  }

 private:
  void unlock(const VaultLocation& location, const KeyMaterial& material) {
    SqlConnection& connection = writer_->connection;
    const migrations::Steps steps = location.schema.empty() ? migrations::all() : location.schema;
    schema_version_ = static_cast<int>(steps.size());
    if (!header::is_blank(connection)) {
      keys_ = header::unlock(connection, material, schema_version_);
      schema::require_unchanged(connection, steps);
      writer_->anchor = anchors::find(connection, *keys_, log_);
      if (writer_->anchor) check_is_newest(connection);
      connection.reset_statements();
      connection.keep_write_ahead_log();
      migrate(connection, *keys_, steps, location.path);
    } else if (location.create_if_missing) {
      connection.keep_write_ahead_log();
      keys_ = initialize(connection, material, steps, random_);
    } else {
      header::throw_blank(location.path.string());
    }
    writer_->digest = std::make_unique<DigestKeeper>(connection, *keys_);
    if (writer_->anchor) advance_anchor(*writer_, log_);
  }

  // A log that belongs to another main file brings the newest digest over older rows, or newest rows under
  // older indexes. Only after a crash is there one to be written back, so only then does opening read it all.
  void check_is_newest(SqlConnection& connection) {
    const DigestRow stored = DigestRow::read(connection, *keys_);
    writer_->anchor->check(stored.commits);
    if (!was_cut_short_ || migrations::version_of(connection) != schema_version_) return;
    if (integrity::is_of_one_piece(connection, *keys_)) return;
    throw Error(ErrorCode::WrongState, "the vault's file and its log are not of the same time",
                std::string("`coffer doctor` says more; ") + anchors::kWayOut);
  }

  Random& random_;
  Log& log_;
  LockFile lock_;               // goes last
  bool was_cut_short_ = false;  // the process that had it open before was
  int schema_version_ = 0;
  std::unique_ptr<Keyring> keys_;
  ReaderPool readers_;
  std::unique_ptr<Writer> writer_;
};

bool is_full(const std::filesystem::path& directory) {
  constexpr std::uintmax_t kNeeded = 64 << 10;  // the log's index and a first page
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(directory, error);
  return !error && space.available < kNeeded;
}

// SQLite names neither file nor reason.
[[noreturn]] void rethrow_of_opening(const Error& error, const std::filesystem::path& vault) {
  const std::filesystem::path directory = vault.parent_path();
  throw Error(error.code(), "opening " + vault.string() + ": " + error.what(),
              is_full(directory) ? "the disk that holds " + directory.string() + " is full: free space on it"
                                 : error.hint());
}

}  // namespace

std::unique_ptr<Database> Database::open(VaultLocation location, Random& random, Log& log) {
  location.path = vault_files::prepare(location.path, location.create_if_missing);
  vault_files::check_private(location.path);
  vault_files::check_writable(location.path);
  const KeyMaterial material = load(std::move(location.key));
  try {
    return std::make_unique<OpenDatabase>(location, material, random, log);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::Storage) throw;
    rethrow_of_opening(error, location.path);
  }
}

}  // namespace coffer
