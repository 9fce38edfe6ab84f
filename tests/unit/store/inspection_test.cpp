#include "vault/store/inspection.h"

#include <catch2/catch.hpp>
#include <utility>

#include "tests/unit/store/store_fixture.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::make_connection;
using testing::StoreFixture;

struct InspectionFixture : StoreFixture {
  InspectionFixture() {
    vault.write([](WriteTransaction& tx) { connection_store::insert(tx, make_connection()); });
  }
  Inspection look(KeyBytes key = testing::test_key()) {
    return inspect({vault.path(), RawKey{std::move(key)}, true}, *env.log);
  }
};

TEST_CASE("a sound vault has no faults", "[inspection]") {
  InspectionFixture f;
  f.vault.close();
  const Inspection found = f.look();
  CHECK(found.faults.empty());
  CHECK(found.schema_version == found.newest_version);
  f.vault.open();
}

TEST_CASE("an inspection names what a check of the open vault names", "[inspection]") {
  InspectionFixture f;
  f.edit("UPDATE connection SET failures = 9");
  const std::vector<std::string> faults = f.vault->check();
  f.vault.close();
  CHECK_FALSE(faults.empty());
  CHECK(f.look().faults == faults);
}

TEST_CASE("an inspection is refused where opening is", "[inspection]") {
  InspectionFixture f;
  CHECK(code_of([&] { f.look(); }) == ErrorCode::VaultInUse);
  f.vault.close();
  KeyBytes other = testing::test_key();
  other.data()[0] ^= 1;
  CHECK(code_of([&] { f.look(std::move(other)); }) == ErrorCode::WrongKey);
}

TEST_CASE("an inspection makes no vault", "[inspection]") {
  InspectionFixture f;
  f.vault.close();
  const auto path = f.vault.path();
  std::filesystem::resize_file(path, 0);
  CHECK(code_of([&] { f.look(); }) == ErrorCode::CorruptHeader);
  CHECK(std::filesystem::file_size(path) == 0);
  std::filesystem::remove(path);
  CHECK(code_of([&] { f.look(); }) == ErrorCode::NotFound);
  CHECK_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace coffer
