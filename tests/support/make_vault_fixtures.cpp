// Makes the files of fixtures/vaults. usage: make_vault_fixtures DIRECTORY
//
// A vault of a schema that is there already is left alone: it was made by the release that had it.
#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <vector>

#include "tests/support/sample_vault.h"
#include "tests/support/test_env.h"
#include "vault/base/error.h"
#include "vault/crypto/keyring.h"
#include "vault/crypto/length_prefixed.h"
#include "vault/store/connection_store.h"
#include "vault/store/database.h"
#include "vault/store/migrations.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;
using migrations::Steps;

struct Workshop {
  testing::TempDir directory;
  testing::TestEnv env;
  fs::path target;

  fs::path path() const { return directory.path() / "vault.db"; }

  std::unique_ptr<Database> open(KeySource key = RawKey{testing::test_key()}, Steps steps = {}) {
    return Database::open({path(), std::move(key), true, steps}, env.random, *env.log);
  }
  void make_sample(KeySource key = RawKey{testing::test_key()}, Steps steps = {}) {
    testing::fill_sample_vault(*open(std::move(key), steps));
  }
  void edit(const std::string& sql) {
    SQLite::Database(path().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
  }
  void keep(const std::string& name, const std::string& suffix = "") {
    fs::copy_file(path().string() + suffix, (target / name).string() + suffix,
                  fs::copy_options::overwrite_existing);
  }
};

void make_schema(Workshop& shop) {
  const std::string name = "schema_" + std::to_string(migrations::all().size()) + ".db";
  shop.make_sample();
  if (!fs::exists(shop.target / name)) shop.keep(name);
}

void make_passphrase(Workshop& shop) {
  shop.make_sample(Passphrase{Secret("correct horse"), {1, 8192, true}});
  shop.keep("passphrase.db");
}

// As a process that was killed leaves it: what was committed last stands in the log alone.
void make_crashed(Workshop& shop) {
  const auto database = shop.open();
  testing::fill_sample_vault(*database);
  shop.keep("crashed.db");
  shop.keep("crashed.db", "-wal");
}

void make_newer_schema(Workshop& shop) {
  std::vector<const char*> steps(migrations::all().begin(), migrations::all().end());
  for (int later = 0; later < 100; ++later) steps.push_back("SELECT 1");
  shop.make_sample(RawKey{testing::test_key()}, steps);
  shop.keep("newer_schema.db");
}

void make_newer_format(Workshop& shop) {
  const auto database = shop.open();
  const std::string uuid = database->vault_uuid();
  const int schema = database->schema_version();
  database->checkpoint(true);
  LengthPrefixed preamble;
  preamble.add("coffer/header")
      .add(std::int64_t{99})
      .add(std::int64_t{99})
      .add(std::int64_t{schema})
      .add(uuid);
  const Mac sum = checksum(preamble.bytes());
  SQLite::Database file(shop.path().string(), SQLite::OPEN_READWRITE);
  SQLite::Statement update(file, "UPDATE header SET format = 99, min_reader = 99, preamble_sum = ?");
  update.bind(1, sum.data(), static_cast<int>(sum.size()));
  update.exec();
  file.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  shop.keep("newer_format.db");
}

void make_truncated(Workshop& shop) {
  shop.make_sample();
  fs::resize_file(shop.path(), 3 * 4096 + 100);
  shop.keep("truncated.db");
}

// One bit in the vault's identity, where it stands in the file.
void make_flipped_header(Workshop& shop) {
  shop.make_sample();
  const std::string uuid = shop.open()->vault_uuid();
  std::fstream file(shop.path(), std::ios::in | std::ios::out | std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  const std::size_t at = all.find(uuid);
  if (at == std::string::npos) throw Error(ErrorCode::Internal, "the identity is not where it was");
  file.clear();
  file.seekp(static_cast<std::streamoff>(at)).put(static_cast<char>(all[at] ^ 1)).flush();
  shop.keep("flipped_header.db");
}

void make_tampered_row(Workshop& shop) {
  shop.make_sample();
  shop.edit("UPDATE connection SET status = 'ACTIVE', expires_at_ms = 4102444800000 WHERE id = 'ca_active'");
  shop.keep("tampered_row.db");
}

void make_rolled_back_row(Workshop& shop) {
  shop.make_sample();
  const std::string aside = (shop.directory.path() / "aside.db").string();
  shop.edit("ATTACH '" + aside + "' AS aside; CREATE TABLE aside.connection AS SELECT * FROM connection");
  {
    const auto database = shop.open();
    const auto tx = database->write();
    connection_store::remove(*tx, ConnectionId("ca_key"), from_ms(testing::kStartMs));
    tx->commit();
  }
  shop.edit("ATTACH '" + aside + "' AS aside; REPLACE INTO connection SELECT * FROM aside.connection");
  shop.keep("rolled_back_row.db");
}

void make_foreign(Workshop& shop) {
  SQLite::Database(shop.path().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE note (text); INSERT INTO note VALUES ('not a vault')");
  shop.keep("foreign.db");
}

}  // namespace
}  // namespace coffer

int main(int argc, char** argv) {
  using namespace coffer;
  if (argc != 2) {
    std::cerr << "usage: make_vault_fixtures DIRECTORY\n";
    return 2;
  }
  std::filesystem::create_directories(argv[1]);
  for (const auto make :
       {make_schema, make_passphrase, make_crashed, make_newer_schema, make_newer_format, make_truncated,
        make_flipped_header, make_tampered_row, make_rolled_back_row, make_foreign}) {
    Workshop shop;
    shop.target = argv[1];
    make(shop);
  }
  return 0;
}
