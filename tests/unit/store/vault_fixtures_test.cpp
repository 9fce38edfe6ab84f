// The files of fixtures/vaults: what earlier releases wrote has to open with what it holds, and
// what is broken has to be told apart.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <utility>

#include "tests/unit/store/store_fixture.h"
#include "vault/store/api_key_store.h"
#include "vault/store/audit_log.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/inspection.h"
#include "vault/store/link_store.h"
#include "vault/store/migrations.h"
#include "vault/store/outbox.h"
#include "vault/store/refresh_journal.h"
#include "vault/store/session_store.h"
#include "vault/store/subscription_store.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;

using testing::code_of;
using testing::kStart;

const fs::path kFixtures =
    fs::path(__FILE__).parent_path().parent_path().parent_path().parent_path() / "fixtures/vaults";
// A private copy of one fixture.
struct FixtureCopy {
  testing::TestEnv env;
  testing::TempDir directory;
  fs::path path = directory.path() / "vault.db";

  explicit FixtureCopy(const std::string& name) {
    for (const char* suffix : {"", "-wal"}) {
      const fs::path from = (kFixtures / name).string() + suffix;
      if (!fs::exists(from)) continue;
      fs::copy_file(from, path.string() + suffix);
      ::chmod((path.string() + suffix).c_str(), 0600);
    }
    REQUIRE(fs::exists(path));
  }
  std::unique_ptr<Database> open(KeySource key = RawKey{testing::test_key()}) {
    return Database::open({path, std::move(key), false}, env.random, *env.log);
  }
  std::optional<ErrorCode> refusal() {
    return code_of([&] { open(); });
  }
};

std::vector<std::string> schema_files() {
  std::vector<std::string> names;
  for (std::size_t version = 1; version <= migrations::all().size(); ++version) {
    names.push_back("schema_" + std::to_string(version) + ".db");
  }
  return names;
}

void expect_accounts(Transaction& tx) {
  const auto active = connection_store::open(tx, ConnectionId("ca_active"));
  REQUIRE(active);
  const Connection& connection = active->connection;
  CHECK(connection.user == UserId("alice"));
  CHECK(connection.status == ConnectionStatus::Active);
  CHECK(connection.alias == "work");
  CHECK(connection.identity == "alice@example.com");
  CHECK(connection.fields == std::map<std::string, std::string>{{"subdomain", "acme"}});
  CHECK(connection.scopes == std::vector<std::string>{"mail.read", "mail.send"});
  CHECK(connection.generation == 1);
  const auto& tokens = std::get<TokenSet>(active->credential);
  CHECK(tokens.access_token == Secret("access-token-1"));
  CHECK(tokens.refresh_token == Secret("refresh-token-1"));
  CHECK(tokens.expires_at == kStart + std::chrono::hours(1));

  const auto keyed = connection_store::open(tx, ConnectionId("ca_key"));
  REQUIRE(keyed);
  CHECK(std::get<ApiKeyCredential>(keyed->credential).key == Secret("tavily-key-1"));
  CHECK(connection_store::find_default(tx, UserId("alice"), "gmail")->id == connection.id);
  CHECK(connection_store::find_by_alias(tx, UserId("alice"), "gmail", "work"));
  CHECK(connection_store::list(tx, {}).total == 2);
  CHECK(connection_store::next_refresh_at(tx) == kStart + std::chrono::minutes(50));
  CHECK(refresh_journal::find(tx, connection.id)->id == "intent-1");
}

void expect_auth_configs(Transaction& tx) {
  const auto managed = auth_config_store::find_managed(tx, "gmail");
  REQUIRE(managed);
  CHECK(managed->id == AuthConfigId("ac_gmail"));
  CHECK(managed->scopes == std::vector<std::string>{"mail.read"});
  CHECK(auth_config_store::open_client(tx, managed->id).client_secret == Secret("client-secret-1"));
  CHECK_FALSE(auth_config_store::find(tx, AuthConfigId("ac_removed")));
}

void expect_link_and_session(Transaction& tx) {
  const auto link = link_store::find_by_state(tx, "state-1");
  REQUIRE(link);
  CHECK(link->code_verifier == Secret("verifier-1"));
  CHECK(link->token_url == "https://provider.example/token");
  CHECK(link->callback_url == "https://app.example/done");
  CHECK(link_store::is_bound_to(tx, "lk_1", "browser-1"));
  const auto session = session_store::find(tx, SessionId("trs_1"));
  REQUIRE(session);
  CHECK(session->user == UserId("alice"));
  CHECK(session->config.connected_accounts.at("gmail") == std::vector{ConnectionId("ca_active")});
  CHECK(session->config.callback_url == "https://app.example/session");
}

void expect_events_and_keys(Transaction& tx) {
  const auto subscription = subscription_store::find(tx, SubscriptionId("ws_1"));
  REQUIRE(subscription);
  CHECK(subscription->secret == Secret("whsec_1"));
  CHECK(subscription->url == "https://app.example/hook");
  const std::vector<Delivery> due = outbox::due(tx, kStart, 10).deliveries;
  REQUIRE(due.size() == 1);
  CHECK(due[0].event.body == R"({"id":"msg_1"})");
  const auto audit = audit_log::list(tx, ConnectionId("ca_active"), 10);
  REQUIRE(audit.size() == 2);
  CHECK(audit[1].detail == "detail-1");
  CHECK(api_key_store::find(tx, "api-key-1")->scopes == std::vector<std::string>{"api", "tokens"});
}

void expect_sample(Database& database) {
  const auto tx = database.read();
  expect_accounts(*tx);
  expect_auth_configs(*tx);
  expect_link_and_session(*tx);
  expect_events_and_keys(*tx);
  CHECK(database.check() == std::vector<std::string>{});
}

TEST_CASE("there is a vault of every schema, and it is of that schema", "[fixtures]") {
  int version = 0;
  for (const std::string& name : schema_files()) {
    CAPTURE(name);
    FixtureCopy copy(name);
    const Inspection found = inspect({copy.path, RawKey{testing::test_key()}, false}, *copy.env.log);
    CHECK(found.schema_version == ++version);
    CHECK(found.faults.empty());
  }
}

TEST_CASE("a vault of every schema opens and holds what it held, also once it was migrated", "[fixtures]") {
  for (const std::string& name : schema_files()) {
    CAPTURE(name);
    FixtureCopy copy(name);
    expect_sample(*copy.open());
    expect_sample(*copy.open());
  }
}

TEST_CASE("a vault of every schema takes new rows", "[fixtures]") {
  for (const std::string& name : schema_files()) {
    CAPTURE(name);
    FixtureCopy copy(name);
    const auto database = copy.open();
    const auto tx = database->write();
    Connection connection = testing::make_connection("ca_new", "alice");
    connection_store::insert(*tx, connection);
    REQUIRE(connection_store::commit_credential(*tx, connection, testing::make_tokens("new")));
    tx->commit();
    CHECK(database->check().empty());
  }
}

TEST_CASE("a vault with a passphrase slot opens by its passphrase", "[fixtures]") {
  FixtureCopy copy("passphrase.db");
  CHECK(copy.refusal() == ErrorCode::WrongKey);
  expect_sample(*copy.open(Passphrase{Secret("correct horse"), {}}));
}

TEST_CASE("what a killed process had committed is there", "[fixtures]") {
  REQUIRE(fs::file_size(kFixtures / "crashed.db-wal") > 0);
  FixtureCopy copy("crashed.db");
  expect_sample(*copy.open());
}

// Name and content of each of the vault's files but the lock, which holds nothing.
std::map<std::string, std::string> files_in(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& file : fs::directory_iterator(directory)) {
    if (file.path().extension() != ".lock") files[file.path().filename()] = testing::file_bytes(file.path());
  }
  return files;
}

TEST_CASE("an inspection leaves what a killed process left, and sees all of it", "[fixtures][inspection]") {
  const bool is_older = GENERATE(false, true);
  const bool is_log_empty = GENERATE(false, true);
  CAPTURE(is_older, is_log_empty);
  FixtureCopy copy(is_log_empty ? "schema_2.db" : "crashed.db");
  if (is_log_empty) std::ofstream(copy.path.string() + "-wal");
  ::chmod((copy.path.string() + "-wal").c_str(), 0600);
  std::vector<const char*> steps(migrations::all().begin(), migrations::all().end());
  if (is_older) steps.push_back("CREATE TABLE note (id INTEGER PRIMARY KEY, mac BLOB NOT NULL) STRICT");
  const auto before = files_in(copy.directory.path());
  REQUIRE(before.size() == 2);
  const Inspection found = inspect({copy.path, RawKey{testing::test_key()}, false, steps}, *copy.env.log);
  CHECK(found.schema_version == static_cast<int>(migrations::all().size()));
  CHECK(found.faults.empty());
  CHECK(files_in(copy.directory.path()) == before);
  expect_sample(*copy.open());
}

TEST_CASE("an inspection of a vault without a log leaves none", "[fixtures][inspection]") {
  FixtureCopy copy("schema_1.db");
  const auto before = files_in(copy.directory.path());
  REQUIRE(before.size() == 1);
  inspect({copy.path, RawKey{testing::test_key()}, false}, *copy.env.log);
  CHECK(files_in(copy.directory.path()) == before);
}

TEST_CASE("a broken vault is refused for its reason", "[fixtures][tamper]") {
  const auto [name, expected] = GENERATE(table<std::string, ErrorCode>({
      {"truncated.db", ErrorCode::CorruptHeader},
      {"flipped_header.db", ErrorCode::CorruptHeader},
      {"foreign.db", ErrorCode::CorruptHeader},
      {"newer_format.db", ErrorCode::NewerFormat},
      {"newer_schema.db", ErrorCode::NewerFormat},
  }));
  CAPTURE(name);
  FixtureCopy copy(name);
  const std::string before = testing::file_bytes(copy.path);
  CHECK(copy.refusal() == expected);
  CHECK(testing::file_bytes(copy.path) == before);
}

void put_byte(const fs::path& path, std::streamoff at, char byte) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(at).put(byte);
  REQUIRE(file.good());
}

TEST_CASE("a vault that SQLite would open in spite of its damage is refused, and stays as it is",
          "[fixtures][tamper]") {
  FixtureCopy copy("schema_2.db");
  const std::uintmax_t size = fs::file_size(copy.path);
  SECTION("it lacks one byte") {
    fs::resize_file(copy.path, size - 1);
  }
  SECTION("it lacks a page") {
    fs::resize_file(copy.path, size - 4096);
  }
  SECTION("it has a byte too much") {
    fs::resize_file(copy.path, size + 1);
  }
  SECTION("it is shorter than SQLite's smallest page") {
    fs::resize_file(copy.path, GENERATE(1, 99, 100, 511));
  }
  SECTION("it is of a write version that nobody knows") {
    put_byte(copy.path, 18, 99);
  }
  SECTION("it is of a read version that nobody knows") {
    put_byte(copy.path, 19, 99);
  }
  SECTION("its pages have no size") {
    put_byte(copy.path, 16, 0);
  }
  SECTION("it is empty") {
    fs::resize_file(copy.path, 0);
  }
  const std::string before = testing::file_bytes(copy.path);
  const auto open_or_make = [&] {
    Database::open({copy.path, RawKey{testing::test_key()}, true}, copy.env.random, *copy.env.log);
  };
  const auto inspect_it = [&] { inspect({copy.path, RawKey{testing::test_key()}, false}, *copy.env.log); };
  CHECK(copy.refusal() == ErrorCode::CorruptHeader);
  CHECK(code_of(inspect_it) == ErrorCode::CorruptHeader);
  if (!before.empty()) CHECK(code_of(open_or_make) == ErrorCode::CorruptHeader);
  CHECK(testing::file_bytes(copy.path) == before);
}

TEST_CASE("an empty vault beside a log that is not is refused, and the log is kept", "[fixtures][tamper]") {
  FixtureCopy copy("crashed.db");
  fs::resize_file(copy.path, 0);
  const std::string log = copy.path.string() + "-wal";
  const std::string before = testing::file_bytes(log);
  CHECK(copy.refusal() == ErrorCode::CorruptHeader);
  CHECK(code_of([&] {
          Database::open({copy.path, RawKey{testing::test_key()}, true}, copy.env.random, *copy.env.log);
        }) == ErrorCode::CorruptHeader);
  CHECK(testing::file_bytes(log) == before);
}

TEST_CASE("before a vault gets a newer schema it is copied, for its owner alone", "[fixtures]") {
  FixtureCopy copy("schema_1.db");
  const std::string kept = copy.path.string() + ".schema-1";
  copy.open();
  REQUIRE(fs::exists(kept));
  struct stat info {};
  REQUIRE(::stat(kept.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  const Inspection found = inspect({kept, RawKey{testing::test_key()}, false}, *copy.env.log);
  CHECK(found.schema_version == 1);
  CHECK(found.faults.empty());
  const std::string before = testing::file_bytes(kept);
  copy.open();
  CHECK(testing::file_bytes(kept) == before);
  std::vector<const char*> steps(migrations::all().begin(), migrations::all().end());
  steps.push_back("CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT");
  Database::open({copy.path, RawKey{testing::test_key()}, false, steps}, copy.env.random, *copy.env.log);
  CHECK_FALSE(fs::exists(kept));
  CHECK(fs::exists(copy.path.string() + ".schema-2"));
  CHECK_FALSE(fs::exists(copy.path.string() + ".draft"));
}

TEST_CASE("a vault that needs no newer schema is not copied", "[fixtures]") {
  FixtureCopy copy("schema_2.db");
  copy.open();
  CHECK_FALSE(fs::exists(copy.path.string() + ".schema-2"));
}

TEST_CASE("a vault with one edited row serves the others", "[fixtures][tamper]") {
  FixtureCopy copy("tampered_row.db");
  const auto database = copy.open();
  const auto tx = database->read();
  CHECK(code_of([&] { connection_store::open(*tx, ConnectionId("ca_active")); }) == ErrorCode::TamperedRow);
  CHECK(connection_store::open(*tx, ConnectionId("ca_key")));
  CHECK(database->check() == std::vector<std::string>{"connection ca_active fails authentication"});
}

TEST_CASE("a vault with one row of an older time is found by the check", "[fixtures][tamper]") {
  FixtureCopy copy("rolled_back_row.db");
  const std::vector<std::string> faults = copy.open()->check();
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].find("set digest") == 0);
}

}  // namespace
}  // namespace coffer
