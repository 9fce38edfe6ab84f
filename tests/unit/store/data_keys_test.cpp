#include "vault/store/data_keys.h"

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"
#include "vault/store/sql_query.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::StoreFixture;

struct KeyFixture : StoreFixture {
  DataKey get(const std::string& owner) {
    return vault.write([&](WriteTransaction& tx) { return data_keys::get_or_make(tx, owner); });
  }
  // As the stores do, through a row's join.
  DataKey from_file(std::int64_t id, const std::string& owner) {
    return vault.read([&](Transaction& tx) {
      SqlQuery row(tx, "SELECT wrapped FROM data_key WHERE id = ?");
      row.number(id).step();
      return data_keys::from_row(tx.keys(), id, row.blob(), owner);
    });
  }
};

TEST_CASE("an owner's data key is made once and stays", "[data_key]") {
  KeyFixture f;
  const DataKey made = f.get("user:a");
  f.vault.reopen();
  const DataKey again = f.get("user:a");
  CHECK(again.id == made.id);
  CHECK(again.key == made.key);
  CHECK(f.from_file(made.id, "user:a").key == made.key);
}

TEST_CASE("two owners have two data keys", "[data_key]") {
  KeyFixture f;
  const DataKey a = f.get("user:a");
  const DataKey b = f.get("user:b");
  CHECK(a.id != b.id);
  CHECK_FALSE(a.key == b.key);
  CHECK(data_keys::user("x") != data_keys::auth_config(AuthConfigId("x")));
}

TEST_CASE("a data key that was destroyed does not come back", "[data_key]") {
  KeyFixture f;
  const DataKey old = f.get("user:a");
  f.vault.write([](WriteTransaction& tx) { data_keys::destroy(tx, "user:a"); });
  CHECK_FALSE(f.get("user:a").key == old.key);
}

TEST_CASE("a data key opens for its owner and under its number alone", "[data_key][tamper]") {
  KeyFixture f;
  const DataKey a = f.get("user:a");
  const DataKey b = f.get("user:b");
  CHECK(code_of([&] { f.from_file(a.id, "user:b"); }) == ErrorCode::TamperedRow);
  CHECK(code_of([&] { f.from_file(77, "user:a"); }) == ErrorCode::TamperedRow);
  f.edit(
      "UPDATE data_key SET wrapped = (SELECT o.wrapped FROM data_key AS o WHERE o.owner = 'user:b') "
      "WHERE owner = 'user:a'");
  CHECK(code_of([&] { f.from_file(a.id, "user:a"); }) == ErrorCode::TamperedRow);
  CHECK(code_of([&] { f.from_file(a.id, "user:b"); }) == ErrorCode::TamperedRow);
  CHECK(f.from_file(b.id, "user:b").key == b.key);
  CHECK(f.check_names("data key " + std::to_string(a.id)));
}

TEST_CASE("no data key stands in the file", "[data_key]") {
  KeyFixture f;
  const DataKey key = f.get("user:a");
  const std::string_view raw(reinterpret_cast<const char*>(key.key.data()), KeyBytes::kSize);
  CHECK(f.bytes().find(raw) == std::string::npos);
}

}  // namespace
}  // namespace coffer
