#include "vault/store/key_rotation.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <map>
#include <utility>

#include "tests/support/sample_vault.h"
#include "tests/unit/store/store_fixture.h"
#include "vault/base/encoding.h"
#include "vault/store/api_key_store.h"
#include "vault/store/audit_log.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/document_store.h"
#include "vault/store/inspection.h"
#include "vault/store/key_slots.h"
#include "vault/store/link_store.h"
#include "vault/store/outbox.h"
#include "vault/store/refresh_journal.h"
#include "vault/store/session_store.h"
#include "vault/store/subscription_store.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::first_key;
using testing::kStart;
using testing::make_connection;
using testing::StoreFixture;

KeySource other_key() {
  KeyBytes key = testing::test_key();
  key.data()[0] = 0x82;
  return RawKey{std::move(key)};
}

// A vault with something in every table, closed.
struct RotationFixture : StoreFixture {
  RotationFixture() {
    testing::fill_sample_vault(vault.database());
    vault.write([](WriteTransaction& tx) {
      document_store::put(tx, {"setting", "one", "text-1", kStart, kStart});
      document_store::put(tx, {"setting", "two", "text-2", kStart, kStart});
      connection_store::insert(tx, make_connection("ca_begun", "carol"));
    });
    vault.close();
  }
  VaultLocation by(KeySource key) { return {vault.path(), std::move(key), false}; }
  key_rotation::Rotated rotate(KeySource key = first_key()) {
    vault.close();
    return key_rotation::rotate(by(std::move(key)), env.random, *env.log);
  }
  std::int64_t count(const std::string& sql) { return std::stoll(ask(sql)); }
  std::vector<std::string> wrapped_keys() {
    std::vector<std::string> keys = {from_hex(ask("SELECT hex(wrapped_root) FROM key_slot")).value()};
    const std::int64_t most = count("SELECT max(id) FROM data_key");
    for (std::int64_t id = 1; id <= most; ++id) {
      keys.push_back(
          from_hex(ask("SELECT hex(max(wrapped)) FROM data_key WHERE id = " + std::to_string(id))).value());
    }
    return keys;
  }
  Inspection inspected() {
    vault.close();
    return inspect(by(first_key()), *env.log);
  }
};

void expect_accounts(Transaction& tx) {
  const auto active = connection_store::open(tx, ConnectionId("ca_active"));
  REQUIRE(active);
  CHECK(active->connection.user == UserId("alice"));
  CHECK(active->connection.alias == "work");
  CHECK(std::get<TokenSet>(active->credential).refresh_token == Secret("refresh-token-1"));
  const auto intent = refresh_journal::find(tx, ConnectionId("ca_active"));
  REQUIRE(intent);
  CHECK(intent->id == "intent-1");
  CHECK(connection_store::find_by_alias(tx, UserId("alice"), "gmail", "work"));
  const auto keyed = connection_store::open(tx, ConnectionId("ca_key"));
  REQUIRE(keyed);
  CHECK(std::get<ApiKeyCredential>(keyed->credential).key == Secret("tavily-key-1"));
  CHECK(connection_store::find(tx, ConnectionId("ca_begun")));
  CHECK_FALSE(connection_store::find(tx, ConnectionId("ca_removed")));
}

void expect_the_rest(Transaction& tx) {
  CHECK(auth_config_store::open_client(tx, AuthConfigId("ac_gmail")).client_secret ==
        Secret("client-secret-1"));
  const auto link = link_store::find(tx, "lk_1");
  REQUIRE(link);
  CHECK(link->code_verifier == Secret("verifier-1"));
  const auto session = session_store::find(tx, SessionId("trs_1"));
  REQUIRE(session);
  CHECK(session->user == UserId("alice"));
  const auto subscription = subscription_store::find(tx, SubscriptionId("ws_1"));
  REQUIRE(subscription);
  CHECK(subscription->secret == Secret("whsec_1"));
  CHECK(outbox::events(tx, {}).at(0).body == R"({"id":"msg_1"})");
  CHECK(api_key_store::find(tx, "api-key-1"));
  CHECK(document_store::find(tx, "setting", "two")->text == "text-2");
  CHECK(audit_log::list(tx, ConnectionId("ca_active"), 10).size() == 2);
}

void expect_everything(Database& database) {
  CHECK(database.check().empty());
  const auto tx = database.read();
  expect_accounts(*tx);
  expect_the_rest(*tx);
}

TEST_CASE("old keys that the file still holds, because another program reads it, are said", "[rotation]") {
  RotationFixture f;
  std::optional<SqlConnection> reader(std::in_place, f.vault.path(), SqlConnection::Access::Read);
  reader->execute("BEGIN; SELECT count(*) FROM key_slot");
  CHECK(code_of([&] { f.rotate(); }) == ErrorCode::WrongState);
  reader.reset();
  CHECK(key_slots::list(f.by(first_key())).size() == 1);  // and writes the log back
  CHECK(inspect(f.by(first_key()), *f.env.log).faults.empty());
}

TEST_CASE("a vault whose keys were renewed holds what it held, and goes on", "[rotation]") {
  RotationFixture f;
  for (std::int64_t epoch = 2; epoch <= 3; ++epoch) {
    CHECK(f.rotate().root_epoch == epoch);
    f.vault.open();
    expect_everything(f.vault.database());
    f.vault.write([&](WriteTransaction& tx) {
      const std::string id = "ca_" + std::to_string(epoch);
      connection_store::insert(tx, make_connection(id, "alice", "slack"));
      audit_log::append(tx, {0, kStart, "connected", ConnectionId(id), ""});
    });
    CHECK(f.vault->check().empty());
  }
  CHECK(
      f.count("SELECT count(DISTINCT user_ref) FROM connection WHERE id IN ('ca_active', 'ca_2', 'ca_3')") ==
      1);
}

TEST_CASE("all that the keys wrap or seal is renewed with them", "[rotation]") {
  RotationFixture f;
  const auto rows_by = [&](const std::string& condition) {
    std::int64_t rows = 0;
    for (const char* table : {"auth_config", "link", "session", "subscription", "event", "document"}) {
      rows += f.count("SELECT count(*) FROM " + std::string(table) + " WHERE data_key_id " + condition);
    }
    return rows + f.count("SELECT count(*) FROM connection WHERE deleted_at_ms IS NULL AND data_key_id " +
                          condition);
  };
  const std::string newest = f.ask("SELECT max(id) FROM data_key");
  const std::int64_t keys = f.count("SELECT count(*) FROM data_key");
  const std::vector<std::string> old_keys = f.wrapped_keys();
  const std::string old_secret = from_hex(f.ask("SELECT hex(secret_sealed) FROM auth_config")).value();
  const std::string old_token = from_hex(f.ask("SELECT hex(credential_sealed) FROM connection")).value();
  const key_rotation::Rotated rotated = f.rotate();
  CHECK(rotated.data_keys == keys);
  CHECK(rows_by("<= " + newest) == 1);  // the removed auth config: it has neither a key nor a secret
  const std::string bytes = f.bytes();
  for (const std::string& old : old_keys) CHECK(bytes.find(old) == std::string::npos);
  CHECK(bytes.find(old_secret) == std::string::npos);
  CHECK(bytes.find(old_token) == std::string::npos);
}

TEST_CASE("a rotation that finds another slot changes nothing and names it", "[rotation]") {
  RotationFixture f;
  key_slots::add(f.by(first_key()), other_key(), f.env.random);
  key_slots::add(f.by(first_key()), Passphrase{Secret("correct horse"), {1, 8192, true}}, f.env.random);
  const std::string before = testing::file_bytes(f.vault.path());
  try {
    f.rotate(other_key());
    FAIL("rotated");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::WrongState);
    CHECK(std::string(error.what()).find("slot 1, 3") != std::string::npos);
  }
  CHECK(testing::file_bytes(f.vault.path()) == before);
  key_slots::remove(f.by(other_key()), 1);
  key_slots::remove(f.by(other_key()), 3);
  f.rotate(other_key());
  CHECK(code_of([&] { f.inspected(); }) == ErrorCode::WrongKey);
  const auto database = Database::open(f.by(other_key()), f.env.random, *f.env.log);
  expect_everything(*database);
}

TEST_CASE("a passphrase opens what it renewed", "[rotation]") {
  RotationFixture f;
  const auto horse = [] { return Passphrase{Secret("correct horse"), {1, 8192, true}}; };
  key_slots::add(f.by(first_key()), horse(), f.env.random);
  key_slots::remove(f.by(horse()), 1);
  f.rotate(horse());
  expect_everything(*Database::open(f.by(horse()), f.env.random, *f.env.log));
}

TEST_CASE("keys are renewed by nobody without one, not while the vault is served, not of an unsound vault",
          "[rotation]") {
  RotationFixture f;
  CHECK(code_of([&] { f.rotate(other_key()); }) == ErrorCode::WrongKey);
  f.vault.open();
  CHECK(code_of([&] { key_rotation::rotate(f.by(first_key()), f.env.random, *f.env.log); }) ==
        ErrorCode::VaultInUse);
  f.edit("UPDATE session SET config_version = 9");
  const std::string before = (f.vault.close(), testing::file_bytes(f.vault.path()));
  CHECK(code_of([&] { f.rotate(); }) == ErrorCode::WrongState);
  CHECK(testing::file_bytes(f.vault.path()) == before);
}

TEST_CASE("an audit log that was cut off goes on from there after a rotation", "[rotation]") {
  RotationFixture f;
  f.vault.open();
  f.vault.write([](WriteTransaction& tx) {
    REQUIRE(audit_log::prune(tx, {.since = kStart + std::chrono::hours(1), .most = 100, .at_once = 10},
                             kStart) == 1);
  });
  f.rotate();
  CHECK(f.inspected().faults.empty());
}

TEST_CASE("an older release refuses a vault whose keys were renewed", "[rotation]") {
  RotationFixture f;
  CHECK(f.ask("SELECT min_reader FROM header") == "1");
  f.rotate();
  CHECK(f.ask("SELECT min_reader FROM header") == "2");
}

// Ends its process without a word at one of the drawings: of a key, a salt or a nonce, one before each
// row that is written.
class DeadlyRandom final : public Random {
 public:
  DeadlyRandom(Random& random, int drawings) : random_(random), left_(drawings) {}
  void fill(std::span<std::uint8_t> out) override {
    if (left_-- == 0) ::raise(SIGKILL);
    random_.fill(out);
  }

 private:
  Random& random_;
  int left_;
};

// True if the child was killed, false if it came to its end.
template <class Work>
bool is_killed(Work&& work) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    work();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status);
}

TEST_CASE("a rotation killed between any two rows leaves the vault as it was", "[rotation][crash]") {
  RotationFixture f;
  int kills = 0;
  while (is_killed([&] {
    DeadlyRandom random(f.env.random, kills);
    key_rotation::rotate(f.by(first_key()), random, *f.env.log);
  })) {
    ++kills;
    REQUIRE(f.ask("SELECT root_epoch FROM header") == "1");
    expect_everything(f.vault.database());
    f.vault.close();
  }
  CHECK(kills > 20);
  CHECK(f.ask("SELECT root_epoch FROM header") == "2");
  expect_everything(f.vault.database());
}

TEST_CASE("a rotation killed at any write to the files leaves the vault as it was or all of it new",
          "[rotation][crash]") {
  RotationFixture f;
  constexpr rlim_t kStep = 2048 + 24;  // a page of the log with its head
  std::map<std::string, int> ends;
  for (rlim_t limit = 0; ends["2"] == 0; limit += kStep) {
    is_killed([&] {
      const rlimit size{limit, limit};
      if (::setrlimit(RLIMIT_FSIZE, &size) != 0) ::_exit(1);
      key_rotation::rotate(f.by(first_key()), f.env.random, *f.env.log);
    });
    ++ends[f.ask("SELECT root_epoch FROM header")];
    expect_everything(f.vault.database());
    f.vault.close();
  }
  CHECK(ends["1"] > 5);
}

}  // namespace
}  // namespace coffer
