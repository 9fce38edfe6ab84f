#include "vault/store/auth_config_store.h"

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::kStart;
using testing::StoreFixture;

AuthConfig make_config(const std::string& id = "ac_1", const std::string& toolkit = "gmail") {
  AuthConfig config;
  config.id = AuthConfigId(id);
  config.toolkit = toolkit;
  config.name = "Our " + toolkit;
  config.scopes = {"mail.read"};
  config.client_id = "client-1";
  config.created_at = config.updated_at = kStart;
  return config;
}

AuthConfig make_managed(const std::string& id, const std::string& toolkit = "gmail") {
  AuthConfig config = make_config(id, toolkit);
  config.is_managed = true;
  return config;
}

struct ConfigFixture : StoreFixture {
  void insert(const AuthConfig& config, const std::string& secret = "client-secret-1") {
    vault.write([&](WriteTransaction& tx) { auth_config_store::insert(tx, config, Secret(secret)); });
  }
  std::optional<AuthConfig> find(const std::string& id) {
    return vault.read([&](Transaction& tx) { return auth_config_store::find(tx, AuthConfigId(id)); });
  }
  ClientCredentials client_of(const std::string& id) {
    return vault.read([&](Transaction& tx) { return auth_config_store::open_client(tx, AuthConfigId(id)); });
  }
  bool remove(const std::string& id) {
    return vault.write([&](WriteTransaction& tx) {
      return auth_config_store::remove(tx, AuthConfigId(id), kStart + Duration(1));
    });
  }
  std::vector<std::string> list(const auth_config_store::Query& query, std::int64_t* total = nullptr) {
    std::vector<std::string> ids;
    const auto page = vault.read([&](Transaction& tx) { return auth_config_store::list(tx, query); });
    for (const AuthConfig& config : page.items) ids.push_back(config.id.str());
    if (total != nullptr) *total = page.total;
    return ids;
  }
};

using Ids = std::vector<std::string>;

const auth_config_store::Query kAlsoDisabled = [] {
  auth_config_store::Query query;
  query.include_disabled = true;
  return query;
}();

TEST_CASE("an auth config comes back as it was stored, its secret to those who open it", "[auth_config]") {
  ConfigFixture f;
  AuthConfig stored = make_config();
  stored.scheme = AuthScheme::ApiKey;
  stored.is_enabled = false;
  stored.blocked_until = kStart + std::chrono::hours(1);
  f.insert(stored);
  f.vault.reopen();
  const auto found = f.find("ac_1");
  REQUIRE(found);
  CHECK(found->toolkit == "gmail");
  CHECK(found->name == "Our gmail");
  CHECK(found->scheme == AuthScheme::ApiKey);
  CHECK_FALSE(found->is_managed);
  CHECK_FALSE(found->is_enabled);
  CHECK(found->scopes == stored.scopes);
  CHECK(found->client_id == "client-1");
  CHECK(found->blocked_until == stored.blocked_until);
  CHECK(found->created_at == kStart);
  CHECK(f.client_of("ac_1").client_id == "client-1");
  CHECK(f.client_of("ac_1").client_secret == Secret("client-secret-1"));
  CHECK_FALSE(f.find("ac_2"));
  CHECK(code_of([&] { f.client_of("ac_2"); }) == ErrorCode::NotFound);
}

TEST_CASE("tools and shared credentials come back, and outlive changes of the rest", "[auth_config]") {
  ConfigFixture f;
  AuthConfig stored = make_config();
  stored.tools_for_execution = {"GMAIL_GET_PROFILE"};
  stored.tools_for_creation = {"GMAIL_SEND_EMAIL", "GMAIL_GET_PROFILE"};
  f.insert(stored);
  f.vault.write([](WriteTransaction& tx) {
    auth_config_store::SharedCredentials shared;
    shared["password"] = Secret("shared-1");
    REQUIRE(auth_config_store::replace_shared_credentials(tx, AuthConfigId("ac_1"), std::move(shared)));
    REQUIRE(auth_config_store::replace_client(tx, AuthConfigId("ac_1"), {"client-2", Secret("new")}));
    AuthConfig changed = auth_config_store::find(tx, AuthConfigId("ac_1")).value();
    changed.name = "new name";
    changed.shared_fields.clear();  // the store's own
    REQUIRE(auth_config_store::update(tx, changed));
  });
  f.vault.reopen();
  const auto found = f.find("ac_1");
  REQUIRE(found);
  CHECK(found->name == "new name");
  CHECK(found->tools_for_execution == stored.tools_for_execution);
  CHECK(found->tools_for_creation == stored.tools_for_creation);
  CHECK(found->shared_fields == std::vector<std::string>{"password"});
  CHECK(f.client_of("ac_1").client_secret == Secret("new"));
  const auto shared = f.vault.read(
      [](Transaction& tx) { return auth_config_store::open_shared_credentials(tx, AuthConfigId("ac_1")); });
  REQUIRE(shared.size() == 1);
  CHECK(shared.at("password") == Secret("shared-1"));
  CHECK(f.vault->check().empty());
}

TEST_CASE("a public client has no secret", "[auth_config]") {
  ConfigFixture f;
  f.insert(make_config(), "");
  CHECK(f.client_of("ac_1").client_secret.empty());
  CHECK(f.vault->check().empty());
}

TEST_CASE("an update changes all but id, toolkit, scheme and date of creation", "[auth_config]") {
  ConfigFixture f;
  f.insert(make_config());
  AuthConfig changed = make_config("ac_1", "slack");
  changed.name = "new name";
  changed.scheme = AuthScheme::Basic;
  changed.scopes = {"mail.send"};
  changed.is_enabled = false;
  changed.created_at = changed.updated_at = kStart + Duration(7);
  CHECK(f.vault.write([&](WriteTransaction& tx) { return auth_config_store::update(tx, changed); }));
  const auto found = f.find("ac_1");
  REQUIRE(found);
  CHECK(found->toolkit == "gmail");
  CHECK(found->scheme == AuthScheme::OAuth2);
  CHECK(found->created_at == kStart);
  CHECK(found->updated_at == kStart + Duration(7));
  CHECK(found->name == "new name");
  CHECK(found->scopes == std::vector<std::string>{"mail.send"});
  CHECK_FALSE(found->is_enabled);
  CHECK(f.client_of("ac_1").client_secret == Secret("client-secret-1"));
  CHECK(f.vault->check().empty());
}

TEST_CASE("what does not exist is neither updated, given a client nor removed", "[auth_config]") {
  ConfigFixture f;
  f.vault.write([](WriteTransaction& tx) {
    CHECK_FALSE(auth_config_store::update(tx, make_config()));
    CHECK_FALSE(auth_config_store::replace_client(tx, AuthConfigId("ac_1"), {"client-2", Secret("x")}));
  });
  CHECK_FALSE(f.remove("ac_1"));
}

TEST_CASE("a replaced client is the one that is opened", "[auth_config]") {
  ConfigFixture f;
  f.insert(make_config());
  const std::string secret = GENERATE(as<std::string>(), "client-secret-2", "");
  CHECK(f.vault.write([&](WriteTransaction& tx) {
    return auth_config_store::replace_client(tx, AuthConfigId("ac_1"), {"client-2", Secret(secret)});
  }));
  CHECK(f.find("ac_1")->client_id == "client-2");
  CHECK(f.client_of("ac_1").client_id == "client-2");
  CHECK(f.client_of("ac_1").client_secret == Secret(secret));
  CHECK(f.vault->check().empty());
}

TEST_CASE("an id is taken once, also by what was removed", "[auth_config]") {
  ConfigFixture f;
  f.insert(make_config());
  CHECK(code_of([&] { f.insert(make_config()); }) == ErrorCode::Conflict);
  f.remove("ac_1");
  CHECK(code_of([&] { f.insert(make_config()); }) == ErrorCode::Conflict);
}

TEST_CASE("a toolkit has one managed auth config at a time", "[auth_config]") {
  ConfigFixture f;
  const auto managed = [&] {
    return f.vault.read([](Transaction& tx) { return auth_config_store::find_managed(tx, "gmail"); });
  };
  f.insert(make_config("ac_custom"));
  CHECK_FALSE(managed());
  f.insert(make_managed("ac_1"));
  f.insert(make_managed("ac_slack", "slack"));
  CHECK(managed()->id == AuthConfigId("ac_1"));
  CHECK(code_of([&] { f.insert(make_managed("ac_2")); }) == ErrorCode::Conflict);
  f.remove("ac_1");
  CHECK_FALSE(managed());
  f.insert(make_managed("ac_2"));
  CHECK(managed()->id == AuthConfigId("ac_2"));
}

TEST_CASE("a removed auth config has lost its sealed columns and its data key", "[auth_config]") {
  ConfigFixture f;
  f.insert(make_config());
  f.insert(make_config("ac_2"));
  CHECK(f.remove("ac_1"));
  CHECK_FALSE(f.remove("ac_1"));
  CHECK_FALSE(f.find("ac_1"));
  CHECK(code_of([&] { f.client_of("ac_1"); }) == ErrorCode::NotFound);
  CHECK(f.list({}) == Ids{"ac_2"});
  CHECK(f.vault->check().empty());
  CHECK(f.ask("SELECT details_sealed IS NULL AND secret_sealed IS NULL FROM auth_config WHERE id = 'ac_1'") ==
        "1");
  CHECK(f.ask("SELECT count(*) FROM data_key") == "1");
}

TEST_CASE("auth configs are listed newest first by every filter", "[auth_config]") {
  ConfigFixture f;
  f.insert(make_managed("ac_1", "gmail"));
  f.insert(make_config("ac_2", "slack"));
  AuthConfig disabled = make_config("ac_3", "gmail");
  disabled.is_enabled = false;
  f.insert(disabled);
  CHECK(f.list({}) == Ids{"ac_2", "ac_1"});
  auth_config_store::Query query = kAlsoDisabled;
  CHECK(f.list(query) == Ids{"ac_3", "ac_2", "ac_1"});
  query.toolkits = {"gmail"};
  CHECK(f.list(query) == Ids{"ac_3", "ac_1"});
  query.is_managed = true;
  CHECK(f.list(query) == Ids{"ac_1"});
  query.is_managed = false;
  CHECK(f.list(query) == Ids{"ac_3"});
  query.ids = {AuthConfigId("ac_1"), AuthConfigId("ac_x")};
  CHECK(f.list(query).empty());
  query.is_managed.reset();
  CHECK(f.list(query) == Ids{"ac_1"});
}

TEST_CASE("a page of auth configs knows the whole", "[auth_config]") {
  ConfigFixture f;
  for (const char* id : {"ac_1", "ac_2", "ac_3"}) f.insert(make_config(id));
  auth_config_store::Query query;
  query.page = {1, 1};
  std::int64_t total = 0;
  CHECK(f.list(query, &total) == Ids{"ac_2"});
  CHECK(total == 3);
}

TEST_CASE("a search finds a part of name or id in any case, and is never a pattern", "[auth_config]") {
  ConfigFixture f;
  f.insert(make_config("ac_1", "gmail"));
  f.insert(make_config("ac_2", "slack"));
  const auto search = [&](const std::string& text) {
    auth_config_store::Query query;
    query.search = text;
    return f.list(query);
  };
  CHECK(search("SLACK") == Ids{"ac_2"});
  CHECK(search("AC_1") == Ids{"ac_1"});
  for (const char* hostile : {"%", "c_c", "a%1", "' OR 1=1 --", "\xff"}) CHECK(search(hostile).empty());
}

TEST_CASE("an edited auth config fails alone", "[auth_config][tamper]") {
  const std::string change = GENERATE(
      as<std::string>(), "toolkit = 'slack'", "name = 'x'", "scheme = 'BASIC'", "scheme = 'NONSENSE'",
      "is_managed = 1", "is_enabled = 0", "blocked_until_ms = 1", "generation = 1", "created_at_ms = 1",
      "updated_at_ms = 1", "data_key_id = 2", "secret_sealed = NULL", "details_sealed = secret_sealed",
      "secret_sealed = (SELECT o.secret_sealed FROM auth_config AS o WHERE o.id = 'ac_2')",
      "mac = (SELECT o.mac FROM auth_config AS o WHERE o.id = 'ac_2')");
  CAPTURE(change);
  ConfigFixture f;
  f.insert(make_config("ac_1"));
  f.insert(make_config("ac_2"));
  f.edit("UPDATE auth_config SET " + change + " WHERE id = 'ac_1'");
  CHECK(code_of([&] { f.find("ac_1"); }) == ErrorCode::TamperedRow);
  CHECK(code_of([&] { f.client_of("ac_1"); }) == ErrorCode::TamperedRow);
  CHECK(f.client_of("ac_2").client_secret == Secret("client-secret-1"));
  CHECK(f.list(kAlsoDisabled) == Ids{"ac_2"});
  CHECK(f.check_names("ac_1"));
}

TEST_CASE("a removed auth config that is put back to life is refused", "[auth_config][tamper]") {
  ConfigFixture f;
  f.insert(make_config());
  f.remove("ac_1");
  f.edit("UPDATE auth_config SET deleted_at_ms = NULL");
  CHECK(code_of([&] { f.find("ac_1"); }) == ErrorCode::TamperedRow);
}

TEST_CASE("no client id, client secret or scope stands in the file", "[auth_config]") {
  ConfigFixture f;
  f.insert(make_config());
  const std::string all = f.bytes();
  CHECK(all.find("Our gmail") != std::string::npos);
  CHECK(all.find("client-1") == std::string::npos);
  CHECK(all.find("client-secret-1") == std::string::npos);
  CHECK(all.find("mail.read") == std::string::npos);
}

TEST_CASE("an auth config keeps whatever texts it is given", "[auth_config]") {
  ConfigFixture f;
  int number = 0;
  for (const std::string& text : testing::hostile_texts()) {
    AuthConfig config = make_config("ac_h" + std::to_string(++number));
    config.name = config.client_id = text;
    config.scopes = {text, text};
    f.insert(config, text);
    const auto found = f.find(config.id.str());
    REQUIRE(found);
    CHECK(found->name == text);
    CHECK(found->client_id == text);
    CHECK(found->scopes == config.scopes);
    CHECK(f.client_of(config.id.str()).client_secret == Secret(text));
  }
}

}  // namespace
}  // namespace coffer
