// Opening a vault: every reason for which it is refused, and every source of its key.
#include "vault/store/database.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "tests/support/file_size_limit.h"
#include "tests/unit/store/store_fixture.h"
#include "vault/store/sql_query.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;

using testing::code_of;
using testing::file_bytes;
using testing::passphrase;
using testing::StoreFixture;
using testing::TempDir;
using testing::TestEnv;

void write_file(const fs::path& path, const std::string& text, mode_t mode = 0600) {
  std::ofstream(path, std::ios::binary) << text;
  ::chmod(path.c_str(), mode);
}

// A directory for vaults that are opened by hand.
struct Place {
  TestEnv env;
  TempDir directory;
  fs::path vault = directory.path() / "vault.db";
  fs::path key_file = directory.path() / "master.key";

  std::unique_ptr<Database> open(KeySource key, bool create = true) {
    return Database::open({vault, std::move(key), create}, env.random, *env.log);
  }
  std::unique_ptr<Database> open(bool create = true) { return open(testing::first_key(), create); }
  // The code, and the hint by which a person gets on.
  std::optional<ErrorCode> refusal(KeySource key, bool create = false) {
    try {
      open(std::move(key), create);
    } catch (const Error& error) {
      hint = error.hint();
      return error.code();
    }
    return std::nullopt;
  }
  std::optional<ErrorCode> refusal(bool create = false) { return refusal(testing::first_key(), create); }

  std::string hint;
};

constexpr int kPageSize = 2048;  // of a vault that is made now

std::string key_text() {
  const KeyBytes key = testing::test_key();
  return {reinterpret_cast<const char*>(key.data()), KeyBytes::kSize};
}

TEST_CASE("a vault is made with private modes, whatever the umask", "[open]") {
  Place place;
  place.vault = place.directory.path() / "a" / "b" / "vault.db";
  const mode_t before = ::umask(0);
  const auto database = place.open();
  database->write()->commit();
  ::umask(before);
  const auto mode_of = [](const fs::path& path) {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 0777;
  };
  CHECK(mode_of(place.vault.parent_path()) == 0700);
  CHECK(mode_of(place.vault.parent_path().parent_path()) == 0700);
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    CAPTURE(suffix);
    CHECK(mode_of(place.vault.string() + suffix) == 0600);
  }
}

TEST_CASE("a vault that is missing is made only if asked for", "[open]") {
  Place place;
  CHECK(place.refusal() == ErrorCode::NotFound);
  CHECK_FALSE(fs::exists(place.vault));
  CHECK_FALSE(place.open()->vault_uuid().empty());
  CHECK_FALSE(place.refusal());
}

TEST_CASE("an empty file is no vault", "[open]") {
  Place place;
  write_file(place.vault, "");
  CHECK(place.refusal() == ErrorCode::CorruptHeader);
  CHECK(fs::file_size(place.vault) == 0);
}

TEST_CASE("commits wait for the disk, but for a temporary vault", "[open]") {
  const bool is_temporary = GENERATE(false, true);
  Place place;
  testing::TestEnv env;
  VaultLocation location{place.vault, RawKey{testing::test_key()}};
  location.is_temporary = is_temporary;
  const auto database = Database::open(std::move(location), env.random, *env.log);
  const auto tx = database->write();
  SqlQuery row(*tx, "PRAGMA synchronous");
  REQUIRE(row.step());
  CHECK(row.number() == (is_temporary ? 0 : 2));  // OFF, FULL
}

TEST_CASE("another key is told apart from damage", "[open]") {
  Place place;
  place.open();
  for (std::size_t byte : {std::size_t{0}, KeyBytes::kSize - 1}) {
    KeyBytes other = testing::test_key();
    other.data()[byte] ^= 1;
    CHECK(place.refusal(RawKey{std::move(other)}) == ErrorCode::WrongKey);
  }
  CHECK(place.refusal(passphrase("a passphrase")) == ErrorCode::WrongKey);
}

TEST_CASE("a file of somebody else's is refused and not changed", "[open]") {
  Place place;
  const bool is_sqlite = GENERATE(true, false);
  if (is_sqlite) {
    SQLite::Database(place.vault.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    ::chmod(place.vault.c_str(), 0600);
  } else {
    write_file(place.vault, std::string(8192, 'x'));
  }
  const std::string before = file_bytes(place.vault);
  CHECK(place.refusal(true) == ErrorCode::CorruptHeader);
  CHECK(file_bytes(place.vault) == before);
}

TEST_CASE("a new vault has small pages, and one that has others keeps them", "[open]") {
  Place place;
  const auto page_size = [&] {
    return SQLite::Database(place.vault.string()).execAndGet("PRAGMA page_size").getInt();
  };
  place.open();
  CHECK(page_size() == kPageSize);
  {
    SQLite::Database vault(place.vault.string(), SQLite::OPEN_READWRITE);
    vault.exec("PRAGMA journal_mode = DELETE; PRAGMA page_size = 4096; VACUUM");
  }
  place.open()->write()->commit();
  CHECK(page_size() == 4096);
  CHECK(place.open(false)->check().empty());
}

TEST_CASE("a vault that lacks a page is refused as damaged", "[open]") {
  Place place;
  place.open();
  const std::string whole = file_bytes(place.vault);
  REQUIRE(whole.size() > 20'000);
  for (std::size_t size = 512; size <= whole.size() - kPageSize; size += kPageSize - 512) {
    CAPTURE(size);
    write_file(place.vault, whole.substr(0, size));
    CHECK(place.refusal(true) == ErrorCode::CorruptHeader);
  }
}

TEST_CASE("damage in a page that opening does not read is found by the check", "[open]") {
  Place place;
  place.open();
  const std::string whole = file_bytes(place.vault);
  const int page = SQLite::Database(place.vault.string())
                       .execAndGet("SELECT rootpage FROM sqlite_schema WHERE name = 'audit_connection'")
                       .getInt();
  write_file(place.vault, std::string(whole).replace(static_cast<std::size_t>(page - 1) * kPageSize,
                                                     kPageSize, kPageSize, 'x'));
  CHECK_FALSE(place.open(false)->check().empty());
}

TEST_CASE("a second opener is refused at once and changes nothing", "[open]") {
  Place place;
  const auto database = place.open();
  database->checkpoint(true);
  const std::string before = file_bytes(place.vault);
  CHECK(place.refusal() == ErrorCode::VaultInUse);
  CHECK(place.refusal(true) == ErrorCode::VaultInUse);
  CHECK(file_bytes(place.vault) == before);
  CHECK(fs::file_size(place.vault.string() + "-wal") == 0);
  CHECK(database->check().empty());
}

TEST_CASE("a vault that was closed can be opened again", "[open]") {
  Place place;
  const std::string uuid = place.open()->vault_uuid();
  CHECK(place.open(false)->vault_uuid() == uuid);
}

TEST_CASE("a file of the vault that others can use is refused with the way to mend it", "[open]") {
  const std::string suffix = GENERATE(as<std::string>(), "", "-wal", "-shm", ".lock");
  const mode_t mode = GENERATE(0640, 0604, 0620);
  CAPTURE(suffix, mode);
  Place place;
  place.open();
  write_file(place.vault.string() + suffix, file_bytes(place.vault.string() + suffix), mode);
  CHECK(place.refusal() == ErrorCode::UnsafePermissions);
  CHECK(place.hint.find("chmod 600") != std::string::npos);
}

TEST_CASE("a vault that may not be written is refused with the way to mend it", "[open]") {
  Place place;
  place.open();
  ::chmod(place.vault.c_str(), 0400);
  CHECK(place.refusal() == ErrorCode::UnsafePermissions);
  CHECK(place.hint.find("chmod 600") != std::string::npos);
  ::chmod(place.vault.c_str(), 0600);
  CHECK_FALSE(place.refusal());
}

TEST_CASE("a vault that cannot be opened for want of space is named", "[open]") {
  Place place;
  place.open();
  const testing::NoMoreSpace full;
  try {
    place.open(false);
    FAIL("it opened");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::Storage);
    CHECK(std::string(error.what()).find("opening " + place.vault.string()) == 0);
  }
}

TEST_CASE("a directory that others can use is refused with the way to mend it", "[open]") {
  Place place;
  place.open();
  const mode_t mode = GENERATE(0755, 0710, 0701);
  ::chmod(place.directory.path().c_str(), mode);
  CHECK(place.refusal() == ErrorCode::UnsafePermissions);
  CHECK(place.hint.find("chmod 700") != std::string::npos);
  ::chmod(place.directory.path().c_str(), 0700);
  CHECK_FALSE(place.refusal());
}

TEST_CASE("a vault behind a symbolic link is refused", "[open]") {
  const std::string suffix = GENERATE(as<std::string>(), "", "-wal", "-shm", ".lock");
  CAPTURE(suffix);
  Place place;
  place.open();
  const fs::path link = place.vault.string() + suffix;
  const fs::path target = place.directory.path() / "target";
  if (fs::exists(link)) fs::rename(link, target);
  fs::create_symlink(target, link);
  CHECK(place.refusal() == ErrorCode::UnsafePermissions);
}

TEST_CASE("a directory behind a symbolic link is looked at where it is", "[open]") {
  Place place;
  place.open();
  const fs::path link = place.directory.path() / "link";
  fs::create_directory_symlink(place.directory.path(), link);
  place.vault = link / "vault.db";
  CHECK_FALSE(place.refusal());
}

TEST_CASE("a directory in the vault's place is refused", "[open]") {
  Place place;
  fs::create_directory(place.vault);
  ::chmod(place.vault.c_str(), 0700);
  CHECK(place.refusal(true) == ErrorCode::UnsafePermissions);
}

TEST_CASE("a vault or directory of another user is refused", "[open]") {
  if (::geteuid() != 0) {
    WARN("skipped: only root can give a file away");
    return;
  }
  constexpr uid_t kNobody = 65534;
  Place place;
  place.open();
  const bool give_directory = GENERATE(true, false);
  const fs::path path = give_directory ? place.directory.path() : place.vault;
  REQUIRE(::chown(path.c_str(), kNobody, kNobody) == 0);
  CHECK(place.refusal() == ErrorCode::UnsafePermissions);
  CHECK(place.hint.find("chown") != std::string::npos);
}

TEST_CASE("a key file opens the vault that was made with it, also as a raw key", "[open][key]") {
  Place place;
  write_file(place.key_file, key_text());
  const std::string uuid = place.open(KeyFile{place.key_file})->vault_uuid();
  CHECK(place.open(KeyFile{place.key_file}, false)->vault_uuid() == uuid);
  CHECK(place.open(false)->vault_uuid() == uuid);
}

TEST_CASE("a key file that others can read is refused with the way to mend it", "[open][key]") {
  Place place;
  place.open();
  const mode_t mode = GENERATE(0640, 0604, 0666);
  write_file(place.key_file, key_text(), mode);
  CHECK(place.refusal(KeyFile{place.key_file}) == ErrorCode::UnsafePermissions);
  CHECK(place.hint.find("chmod 600") != std::string::npos);
}

TEST_CASE("a key file of the wrong length, kind or place is refused", "[open][key]") {
  Place place;
  place.open();
  CHECK(place.refusal(KeyFile{place.key_file}) == ErrorCode::NotFound);
  for (const std::size_t size : {0U, 31U, 33U, 4096U}) {
    write_file(place.key_file, std::string(size, 'k'));
    CHECK(place.refusal(KeyFile{place.key_file}) == ErrorCode::WrongKey);
  }
  CHECK(place.refusal(KeyFile{place.directory.path()}) == ErrorCode::WrongKey);
  const fs::path link = place.directory.path() / "link.key";
  write_file(place.key_file, key_text());
  fs::create_symlink(place.key_file, link);
  CHECK(place.refusal(KeyFile{link}) == ErrorCode::UnsafePermissions);
}

TEST_CASE("a missing key makes no vault", "[open][key]") {
  Place place;
  CHECK(place.refusal(KeyFile{place.key_file}, true) == ErrorCode::NotFound);
  CHECK_FALSE(fs::exists(place.vault));
}

TEST_CASE("a passphrase opens the vault that was made with it, to the letter", "[open][key]") {
  Place place;
  const std::string uuid = place.open(passphrase("correct horse"))->vault_uuid();
  CHECK(place.open(passphrase("correct horse"), false)->vault_uuid() == uuid);
  for (const char* other : {"Correct horse", "correct horse ", "correct"}) {
    CHECK(place.refusal(passphrase(other)) == ErrorCode::WrongKey);
  }
  CHECK(place.refusal(passphrase("")) == ErrorCode::InvalidArgument);
  CHECK(place.refusal() == ErrorCode::WrongKey);
}

TEST_CASE("a vault is not made with a passphrase that anybody could try out", "[open][key]") {
  Place place;
  CHECK(place.refusal(passphrase("7 bytes"), true) == ErrorCode::InvalidArgument);
  CHECK_FALSE(place.refusal(passphrase("8 bytes."), true));
}

TEST_CASE("the cost of a passphrase is the one it was made with", "[open][key]") {
  Place place;
  const std::string uuid = place.open(passphrase("correct horse"))->vault_uuid();
  CHECK(place.open(Passphrase{Secret("correct horse"), {4, 1ULL << 30, false}}, false)->vault_uuid() == uuid);
}

TEST_CASE("a passphrase is not made cheaper or dearer than the limits", "[open][key]") {
  const PassphraseCost cost =
      GENERATE(PassphraseCost{1, 64ULL << 20, false}, PassphraseCost{2, (64ULL << 20) - 1, false},
               PassphraseCost{11, 64ULL << 20, false}, PassphraseCost{2, (1ULL << 30) + 1, false},
               PassphraseCost{11, 64ULL << 20, true});
  Place place;
  CHECK(place.refusal(Passphrase{Secret("correct horse"), cost}, true) == ErrorCode::InvalidArgument);
}

// systemd's directory for this process, while the object lives.
struct CredentialsDirectory {
  TempDir directory;
  CredentialsDirectory() { ::setenv("CREDENTIALS_DIRECTORY", directory.path().c_str(), 1); }
  ~CredentialsDirectory() { ::unsetenv("CREDENTIALS_DIRECTORY"); }
};

TEST_CASE("a systemd credential opens the vault that was made with it", "[open][key]") {
  Place place;
  const CredentialsDirectory credentials;
  write_file(credentials.directory.path() / "master-key", key_text(), 0440);  // systemd guards the access
  const std::string uuid = place.open(SystemdCredential{})->vault_uuid();
  CHECK(place.open(SystemdCredential{}, false)->vault_uuid() == uuid);
  CHECK(place.open(false)->vault_uuid() == uuid);
}

TEST_CASE("a systemd credential that is not there or not a key is refused", "[open][key]") {
  Place place;
  place.open();
  ::unsetenv("CREDENTIALS_DIRECTORY");
  CHECK(place.refusal(SystemdCredential{}) == ErrorCode::NotFound);
  const CredentialsDirectory credentials;
  CHECK(place.refusal(SystemdCredential{}) == ErrorCode::NotFound);
  write_file(credentials.directory.path() / "master-key", "short");
  CHECK(place.refusal(SystemdCredential{}) == ErrorCode::WrongKey);
  CHECK(place.refusal(SystemdCredential{".."}) == ErrorCode::WrongKey);
  for (const char* name : {"", "../master.key", "/etc/passwd"}) {
    CAPTURE(name);
    CHECK(place.refusal(SystemdCredential{name}) == ErrorCode::InvalidArgument);
  }
}

}  // namespace
}  // namespace coffer
