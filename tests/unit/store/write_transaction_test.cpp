#include "vault/store/write_transaction.h"

#include <catch2/catch.hpp>
#include <future>

#include "tests/support/file_size_limit.h"
#include "tests/unit/store/store_fixture.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::make_connection;
using testing::StoreFixture;

std::int64_t count(Transaction& tx) {
  return connection_store::list(tx, {}).total;
}

TEST_CASE("what is not committed is rolled back and leaves the vault sound", "[write]") {
  StoreFixture f;
  {
    const auto tx = f.vault->write();
    connection_store::insert(*tx, make_connection("ca_1"));
  }
  CHECK(f.vault.read(count) == 0);
  f.vault.write([](WriteTransaction& tx) { connection_store::insert(tx, make_connection("ca_1")); });
  CHECK(f.vault.read(count) == 1);
  CHECK(f.vault->check().empty());
}

TEST_CASE("a committed change outlives the process that made it", "[write]") {
  StoreFixture f;
  f.vault.write([](WriteTransaction& tx) { connection_store::insert(tx, make_connection("ca_1")); });
  // What a crash leaves: the files as they are now.
  const auto copy = f.vault.directory() / "copy";
  std::filesystem::create_directory(copy);
  std::filesystem::permissions(copy, std::filesystem::perms::owner_all);
  for (const char* suffix : {"", "-wal"}) {
    std::filesystem::copy_file(f.vault.path().string() + suffix, (copy / "vault.db").string() + suffix);
  }
  const auto again =
      Database::open({copy / "vault.db", RawKey{testing::test_key()}, false}, f.env.random, *f.env.log);
  CHECK(count(*again->read()) == 1);
  CHECK(again->check().empty());
}

TEST_CASE("a medium that takes no writes is told of until it takes them again", "[write]") {
  StoreFixture f;
  CHECK(f.vault->write_fault().empty());
  {
    const testing::NoMoreSpace full;
    CHECK(code_of([&] {
            f.vault.write(
                [](WriteTransaction& tx) { connection_store::insert(tx, make_connection("ca_1")); });
          }) == ErrorCode::Storage);
    CHECK(f.vault->write_fault().find("not stored") != std::string::npos);
    CHECK_FALSE(f.vault->write_fault().empty());
    CHECK(f.vault.read(count) == 0);
  }
  CHECK(f.vault->write_fault().empty());  // without anybody else having written
  f.vault.write([](WriteTransaction& tx) { connection_store::insert(tx, make_connection("ca_1")); });
  CHECK(f.vault->check().empty());
}

TEST_CASE("a write that the caller gives up is no fault of the medium", "[write]") {
  StoreFixture f;
  { const auto tx = f.vault->write(); }
  f.vault.write([](WriteTransaction& tx) { connection_store::insert(tx, make_connection("ca_1")); });
  CHECK(code_of([&] {
          f.vault.write([](WriteTransaction& tx) { connection_store::insert(tx, make_connection("ca_1")); });
        }) == ErrorCode::Conflict);
  const testing::NoMoreSpace full;  // a probe would notice
  CHECK(f.vault->write_fault().empty());
}

TEST_CASE("a thread that asks for a second write transaction gets an error and no deadlock", "[write]") {
  StoreFixture f;
  const auto tx = f.vault->write();
  CHECK(code_of([&] { f.vault->write(); }) == ErrorCode::Internal);
  connection_store::insert(*tx, make_connection("ca_1"));
  tx->commit();
  CHECK(f.vault.read(count) == 1);
}

TEST_CASE("a checkpoint inside the thread's own write transaction is an error and no deadlock", "[write]") {
  StoreFixture f;
  const auto tx = f.vault->write();
  const bool truncate = GENERATE(false, true);
  CHECK(code_of([&] { f.vault->checkpoint(truncate); }) == ErrorCode::Internal);
  tx->commit();
}

TEST_CASE("a write transaction may begin after a checkpoint and a failed one", "[write]") {
  StoreFixture f;
  f.vault->checkpoint(true);
  CHECK(code_of([&] {
          f.vault.write([](WriteTransaction& tx) {
            connection_store::insert(tx, make_connection("ca_1"));
            connection_store::insert(tx, make_connection("ca_1"));
          });
        }) == ErrorCode::Conflict);
  f.vault.write([](WriteTransaction& tx) { connection_store::insert(tx, make_connection("ca_2")); });
  CHECK(f.vault.read(count) == 1);
  CHECK(f.vault->check().empty());
}

TEST_CASE("writers wait for their turn", "[write]") {
  StoreFixture f;
  auto first = f.vault->write();
  connection_store::insert(*first, make_connection("ca_1"));
  auto second = std::async(std::launch::async,
                           [&] { return f.vault.write([](WriteTransaction& tx) { return count(tx); }); });
  CHECK(second.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
  first->commit();
  first.reset();
  CHECK(second.get() == 1);
}

}  // namespace
}  // namespace coffer
