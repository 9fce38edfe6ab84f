#include "vault/store/api_key_store.h"

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::StoreFixture;

struct ApiKeyFixture : StoreFixture {
  void insert(const std::string& key, const std::string& name, const std::vector<std::string>& scopes) {
    vault.write([&](WriteTransaction& tx) {
      api_key_store::insert(tx, Secret(key), {name, scopes}, from_ms(testing::kStartMs));
    });
  }
  std::optional<api_key_store::ApiKey> find(const std::string& key) {
    return vault.read([&](Transaction& tx) { return api_key_store::find(tx, key); });
  }
};

TEST_CASE("an API key is found by itself alone", "[api_key]") {
  ApiKeyFixture f;
  CHECK_FALSE(f.vault.read([](Transaction& tx) { return api_key_store::any(tx); }));
  f.insert("key-1", "init", {"api", "tokens"});
  f.insert("key-2", "ci", {"api"});
  f.vault.reopen();
  CHECK(f.vault.read([](Transaction& tx) { return api_key_store::any(tx); }));
  const auto found = f.find("key-1");
  REQUIRE(found);
  CHECK(found->name == "init");
  CHECK(found->scopes == std::vector<std::string>{"api", "tokens"});
  CHECK(f.find("key-2")->scopes == std::vector<std::string>{"api"});
  for (const char* other : {"", "key", "key-1 ", "KEY-1", "key-3"}) CHECK_FALSE(f.find(other));
}

TEST_CASE("an API key is stored once", "[api_key]") {
  ApiKeyFixture f;
  f.insert("key-1", "first", {"api"});
  CHECK(code_of([&] { f.insert("key-1", "second", {"api", "tokens"}); }) == ErrorCode::Conflict);
  CHECK(f.find("key-1")->name == "first");
}

TEST_CASE("API keys are listed and removed by an id, those that fail authentication too", "[api_key]") {
  ApiKeyFixture f;
  f.insert("key-1", "one", {"api"});
  f.insert("key-2", "other", {"api", "tokens"});
  f.edit("UPDATE api_key SET scopes = 'api tokens' WHERE name = 'one'");
  const auto list = [&] { return f.vault.read([](Transaction& tx) { return api_key_store::list(tx); }); };
  const auto remove = [&](const std::string& id) {
    return f.vault.write([&](WriteTransaction& tx) { return api_key_store::remove(tx, id); });
  };
  const auto before = list();
  REQUIRE(before.size() == 2);
  CHECK(before[0].id != before[1].id);
  for (const auto& key : before) {
    CAPTURE(key.value.name);
    CHECK(key.id.size() == 12);
    CHECK(key.is_authentic == (key.value.name == "other"));
    if (!key.is_authentic) CHECK(remove(key.id));
  }
  CHECK_FALSE(remove("000000000000"));
  CHECK_FALSE(remove(""));
  REQUIRE(list().size() == 1);
  CHECK(f.find("key-2"));
  CHECK_FALSE(f.find("key-1"));
  CHECK(f.vault->check().empty());
}

TEST_CASE("one scope cannot be read as two", "[api_key]") {
  ApiKeyFixture f;
  CHECK(code_of([&] { f.insert("key-1", "n", {"api tokens"}); }) == ErrorCode::InvalidArgument);
  CHECK(code_of([&] { f.insert("key-1", "n", {""}); }) == ErrorCode::InvalidArgument);
  f.insert("key-1", "n", {});
  CHECK(f.find("key-1")->scopes.empty());
}

TEST_CASE("a key that was given more scopes in the file opens nothing", "[api_key][tamper]") {
  const std::string change =
      GENERATE(as<std::string>(), "scopes = 'api tokens'", "name = 'x'", "created_at_ms = 1",
               "mac = (SELECT o.mac FROM api_key AS o WHERE o.name = 'other')");
  CAPTURE(change);
  ApiKeyFixture f;
  f.insert("key-1", "one", {"api"});
  f.insert("key-2", "other", {"api"});
  f.edit("UPDATE api_key SET " + change + " WHERE name = 'one'");
  CHECK(code_of([&] { f.find("key-1"); }) == ErrorCode::TamperedRow);
  CHECK(f.find("key-2"));
  CHECK_FALSE(f.vault->check().empty());
}

TEST_CASE("a key put in from outside opens nothing", "[api_key][tamper]") {
  ApiKeyFixture f;
  f.insert("key-1", "one", {"api"});
  f.edit("UPDATE api_key SET key_hash = zeroblob(32)");
  CHECK_FALSE(f.find("key-1"));
  CHECK(f.check_names("one"));
}

TEST_CASE("no API key stands in the file", "[api_key]") {
  ApiKeyFixture f;
  f.insert("key-to-look-for", "a-name", {"api"});
  const std::string all = f.bytes();
  CHECK(all.find("a-name") != std::string::npos);
  CHECK(all.find("key-to-look-for") == std::string::npos);
}

}  // namespace
}  // namespace coffer
