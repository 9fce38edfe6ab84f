#include "vault/store/connection_store.h"

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"
#include "vault/store/refresh_journal.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::kStart;
using testing::make_connection;
using testing::make_tokens;
using testing::StoreFixture;
using testing::TempVault;
using testing::TestEnv;

struct ConnectionFixture : StoreFixture {
  Connection insert(Connection connection) {
    vault.write([&](WriteTransaction& tx) { connection_store::insert(tx, connection); });
    return connection;
  }
  // With a credential, ACTIVE since `at`.
  Connection connect(Connection connection, Timestamp at = kStart) {
    connection.connected_at = at;
    insert(connection);
    connection.status = ConnectionStatus::Active;
    REQUIRE(commit(connection));
    return connection;
  }
  bool commit(Connection& connection, const std::string& tokens = "1") {
    return vault.write([&](WriteTransaction& tx) {
      return connection_store::commit_credential(tx, connection, make_tokens(tokens));
    });
  }
  bool update(const Connection& connection) {
    return vault.write([&](WriteTransaction& tx) { return connection_store::update(tx, connection); });
  }
  bool remove(const std::string& id) {
    return vault.write([&](WriteTransaction& tx) {
      return connection_store::remove(tx, ConnectionId(id), kStart + Duration(1));
    });
  }
  std::optional<Connection> find(const std::string& id) {
    return vault.read([&](Transaction& tx) { return connection_store::find(tx, ConnectionId(id)); });
  }
  std::string find_default(const std::string& user = "alice", const std::string& toolkit = "gmail") {
    const auto found = vault.read(
        [&](Transaction& tx) { return connection_store::find_default(tx, UserId(user), toolkit); });
    return found ? found->id.str() : "none";
  }
  std::string find_by_alias(const std::string& alias, const std::string& user = "alice",
                            const std::string& toolkit = "gmail") {
    const auto found = vault.read(
        [&](Transaction& tx) { return connection_store::find_by_alias(tx, UserId(user), toolkit, alias); });
    return found ? found->id.str() : "none";
  }
  std::vector<ConnectionId> due(Timestamp now, std::int64_t limit = 100) {
    return vault.read([&](Transaction& tx) { return connection_store::due(tx, now, limit); });
  }
  std::optional<Timestamp> next_refresh_at() {
    return vault.read([](Transaction& tx) { return connection_store::next_refresh_at(tx); });
  }
};

Connection with_alias(const std::string& id, const std::string& alias, const std::string& user = "alice") {
  Connection connection = make_connection(id, user);
  connection.alias = alias;
  return connection;
}

Connection due_at(const std::string& id, Timestamp at) {
  Connection connection = make_connection(id);
  connection.next_refresh_at = at;
  return connection;
}

TEST_CASE("a connection comes back as it was stored") {
  TestEnv env;
  TempVault vault(env);
  Connection stored = make_connection();
  stored.alias = "work";
  stored.identity = "alice@example.com";
  stored.fields = {{"subdomain", "acme"}};
  stored.redacted_credential = "••••9f3a";
  stored.status_reason = "because";
  stored.connected_at = from_ms(5);
  stored.expires_at = from_ms(6);
  stored.next_refresh_at = from_ms(7);
  stored.refresh_state = RefreshState::Backoff;
  stored.failures = 3;
  vault.write([&](WriteTransaction& tx) { connection_store::insert(tx, stored); });
  vault.reopen();

  const auto found = vault.read([&](Transaction& tx) { return connection_store::find(tx, stored.id); });
  REQUIRE(found);
  CHECK(found->user == stored.user);
  CHECK(found->toolkit == "gmail");
  CHECK(found->auth_config == stored.auth_config);
  CHECK(found->scheme == AuthScheme::OAuth2);
  CHECK(found->alias == "work");
  CHECK(found->identity == "alice@example.com");
  CHECK(found->fields == stored.fields);
  CHECK(found->redacted_credential == "••••9f3a");
  CHECK(found->status == ConnectionStatus::Initiated);
  CHECK(found->status_reason == "because");
  CHECK(found->scopes == stored.scopes);
  CHECK(found->created_at == stored.created_at);
  CHECK(found->connected_at == stored.connected_at);
  CHECK(found->expires_at == stored.expires_at);
  CHECK(found->next_refresh_at == stored.next_refresh_at);
  CHECK(found->refresh_state == RefreshState::Backoff);
  CHECK(found->failures == 3);
  CHECK(found->generation == 0);
}

TEST_CASE("a committed credential opens and raises the generation") {
  TestEnv env;
  TempVault vault(env);
  Connection connection = make_connection();
  vault.write([&](WriteTransaction& tx) { connection_store::insert(tx, connection); });
  connection.status = ConnectionStatus::Active;
  REQUIRE(vault.write([&](WriteTransaction& tx) {
    return connection_store::commit_credential(tx, connection, make_tokens());
  }));
  CHECK(connection.generation == 1);

  auto opened = vault.read([&](Transaction& tx) { return connection_store::open(tx, connection.id); });
  REQUIRE(opened);
  CHECK(opened->connection.generation == 1);
  CHECK(opened->connection.status == ConnectionStatus::Active);
  const auto& tokens = std::get<TokenSet>(opened->credential);
  CHECK(tokens.access_token.expose() == "access-token-1");
  CHECK(tokens.refresh_token.expose() == "refresh-token-1");
  CHECK(tokens.previous_refresh_token.empty());
  CHECK(tokens.scopes == std::vector<std::string>{"mail.read"});
  CHECK(vault->check() == std::vector<std::string>{});
}

TEST_CASE("a connection id is taken once, also by what was removed") {
  ConnectionFixture f;
  f.insert(make_connection("ca_1", "alice"));
  CHECK(code_of([&] { f.insert(make_connection("ca_1", "bob")); }) == ErrorCode::Conflict);
  CHECK(f.find("ca_1")->user == UserId("alice"));
  f.remove("ca_1");
  CHECK(code_of([&] { f.insert(make_connection("ca_1", "bob")); }) == ErrorCode::Conflict);
}

TEST_CASE("an update of an older generation changes nothing") {
  ConnectionFixture f;
  const Connection old = f.insert(make_connection());
  Connection current = old;
  REQUIRE(f.commit(current, "1"));
  Connection late = old;
  late.status = ConnectionStatus::Expired;
  CHECK_FALSE(f.update(late));
  CHECK_FALSE(f.commit(late, "late"));
  CHECK(late.generation == 0);
  const auto opened =
      f.vault.read([](Transaction& tx) { return connection_store::open(tx, ConnectionId("ca_1")); });
  REQUIRE(opened);
  CHECK(opened->connection.status == ConnectionStatus::Initiated);
  CHECK(std::get<TokenSet>(opened->credential).access_token == Secret("access-token-1"));
}

TEST_CASE("an account stays with its user") {
  ConnectionFixture f;
  Connection foreign = f.connect(make_connection("ca_1", "alice"));
  foreign.user = UserId("bob");
  CHECK_FALSE(f.update(foreign));
  CHECK_FALSE(f.commit(foreign));
  CHECK(f.find("ca_1")->user == UserId("alice"));
  CHECK(f.find_default("bob") == "none");
}

TEST_CASE("an account with a credential cannot be moved to another auth config or toolkit") {
  ConnectionFixture f;
  Connection moved = f.connect(make_connection());
  const bool other_toolkit = GENERATE(true, false);
  if (other_toolkit) {
    moved.toolkit = "slack";
  } else {
    moved.auth_config = AuthConfigId("ac_other");
  }
  CHECK(code_of([&] { f.update(moved); }) == ErrorCode::WrongState);
  CHECK(f.commit(moved, "2"));  // a new credential is sealed for where it now belongs
  CHECK(f.vault->check().empty());
}

TEST_CASE("what does not exist is neither updated nor given a credential") {
  ConnectionFixture f;
  Connection absent = make_connection();
  CHECK_FALSE(f.update(absent));
  CHECK_FALSE(f.commit(absent));
  CHECK_FALSE(f.remove("ca_1"));
  CHECK_FALSE(f.find("ca_1"));
  CHECK_FALSE(f.vault.read([](Transaction& tx) { return connection_store::open(tx, ConnectionId("ca_1")); }));
}

TEST_CASE("each kind of credential opens as it was committed") {
  ConnectionFixture f;
  Connection connection = f.insert(make_connection());
  const auto stored = [&](const Credential& credential) {
    f.vault.write([&](WriteTransaction& tx) {
      REQUIRE(connection_store::commit_credential(tx, connection, credential));
    });
    return f.vault.read([](Transaction& tx) {
      return std::move(connection_store::open(tx, ConnectionId("ca_1"))->credential);
    });
  };
  CHECK(std::get<ApiKeyCredential>(stored(ApiKeyCredential{Secret("key-1")})).key == Secret("key-1"));
  CHECK(std::get<BearerCredential>(stored(BearerCredential{Secret("bearer-1")})).token == Secret("bearer-1"));
  const Credential basic = stored(BasicCredential{"name", Secret("password-1")});
  CHECK(std::get<BasicCredential>(basic).username == "name");
  CHECK(std::get<BasicCredential>(basic).password == Secret("password-1"));
  CHECK(std::holds_alternative<std::monostate>(stored(std::monostate())));
  CHECK(connection.generation == 4);
}

TEST_CASE("a removed account is absent to every reader and its credential is erased") {
  ConnectionFixture f;
  Connection connection = with_alias("ca_1", "work");
  connection.next_refresh_at = kStart;
  f.connect(connection);
  CHECK(f.remove("ca_1"));
  CHECK_FALSE(f.remove("ca_1"));
  CHECK_FALSE(f.find("ca_1"));
  CHECK_FALSE(f.vault.read([](Transaction& tx) { return connection_store::open(tx, ConnectionId("ca_1")); }));
  CHECK(f.find_default() == "none");
  CHECK(f.find_by_alias("work") == "none");
  CHECK(f.due(kStart).empty());
  CHECK_FALSE(f.next_refresh_at());
  f.vault.read([](Transaction& tx) {
    CHECK(connection_store::list(tx, {}).items.empty());
    CHECK(connection_store::count_by_status(tx).empty());
    CHECK(connection_store::count_of_auth_config(tx, AuthConfigId("ac_gmail")) == 0);
  });
  CHECK(f.vault->check().empty());
  CHECK(
      f.ask(
          "SELECT credential_sealed IS NULL AND alias_ref IS NULL AND status_reason = '' FROM connection") ==
      "1");
}

TEST_CASE("a removed account that is put back to life in the file is refused", "[tamper]") {
  ConnectionFixture f;
  f.connect(make_connection());
  f.remove("ca_1");
  f.edit("UPDATE connection SET deleted_at_ms = NULL");
  CHECK(code_of([&] { f.find("ca_1"); }) == ErrorCode::TamperedRow);
}

TEST_CASE("an alias names an account among one user's accounts of one toolkit") {
  ConnectionFixture f;
  f.insert(with_alias("ca_1", "work", "alice"));
  f.insert(with_alias("ca_2", "work", "bob"));
  f.insert(with_alias("ca_3", "", "alice"));
  CHECK(f.find_by_alias("work", "alice") == "ca_1");
  CHECK(f.find_by_alias("work", "bob") == "ca_2");
  for (const char* other : {"", "Work", "personal", "work "}) CHECK(f.find_by_alias(other) == "none");
  CHECK(f.find_by_alias("work", "carol") == "none");
  CHECK(f.find_by_alias("work", "alice", "slack") == "none");
  CHECK(f.ask("SELECT count(DISTINCT alias_ref) FROM connection") == "2");  // equal aliases look different
}

TEST_CASE("the default is the ACTIVE account that was connected last") {
  ConnectionFixture f;
  f.connect(make_connection("ca_1"), kStart + Duration(2));
  f.connect(make_connection("ca_2"), kStart + Duration(1));
  f.connect(make_connection("ca_slack", "alice", "slack"), kStart + Duration(9));
  f.connect(make_connection("ca_bob", "bob"), kStart + Duration(9));
  f.insert(make_connection("ca_not_yet"));
  CHECK(f.find_default() == "ca_1");
  CHECK(f.find_default("bob") == "ca_bob");
  CHECK(f.find_default("carol") == "none");
  f.remove("ca_1");
  CHECK(f.find_default() == "ca_2");
}

TEST_CASE("a default account that was edited gives way to the next sound one, and is logged", "[tamper]") {
  ConnectionFixture f;
  f.connect(make_connection("ca_1"), kStart + Duration(1));
  f.connect(make_connection("ca_2"), kStart + Duration(2));
  f.edit("UPDATE connection SET failures = 9 WHERE id = 'ca_2'");
  CHECK(f.find_default() == "ca_1");
  CHECK(f.env.log_text.find("ca_2") != std::string::npos);
  CHECK(f.env.log_text.find("ca_1") == std::string::npos);
  f.edit("UPDATE connection SET failures = 9 WHERE id = 'ca_1'");
  CHECK(code_of([&] { f.find_default(); }) == ErrorCode::TamperedRow);
}

TEST_CASE("accounts are due from their moment on, soonest first, no more than asked for") {
  ConnectionFixture f;
  f.insert(due_at("ca_late", kStart + Duration(2)));
  f.insert(due_at("ca_soon", kStart + Duration(1)));
  f.insert(make_connection("ca_never"));
  CHECK(f.next_refresh_at() == kStart + Duration(1));
  CHECK(f.due(kStart).empty());
  CHECK(f.due(kStart + Duration(1)) == std::vector{ConnectionId("ca_soon")});
  CHECK(f.due(kStart + Duration(2)) == std::vector{ConnectionId("ca_soon"), ConnectionId("ca_late")});
  CHECK(f.due(kStart + Duration(2), 1).size() == 1);
}

TEST_CASE("an edited account is never due and holds up nobody", "[tamper]") {
  ConnectionFixture f;
  f.insert(due_at("ca_1", kStart));
  f.insert(due_at("ca_2", kStart + Duration(1)));
  f.edit("UPDATE connection SET failures = 9 WHERE id = 'ca_1'");
  CHECK(f.due(kStart + Duration(1)) == std::vector{ConnectionId("ca_2")});
  CHECK(f.due(kStart + Duration(1), 1) == std::vector{ConnectionId("ca_2")});
  CHECK(f.next_refresh_at() == kStart + Duration(1));
  CHECK(f.vault.read([](Transaction& tx) { return connection_store::tampered(tx); }) ==
        std::vector{ConnectionId("ca_1")});
}

TEST_CASE("accounts are counted by status and by auth config") {
  ConnectionFixture f;
  f.connect(make_connection("ca_1"));
  f.insert(make_connection("ca_2"));
  f.insert(make_connection("ca_3", "bob", "slack"));
  f.vault.read([](Transaction& tx) {
    CHECK(connection_store::count_by_status(tx) ==
          std::map<std::string, std::int64_t>{{"ACTIVE", 1}, {"INITIATED", 2}});
    CHECK(connection_store::count_of_auth_config(tx, AuthConfigId("ac_gmail")) == 2);
    CHECK(connection_store::count_of_auth_config(tx, AuthConfigId("ac_none")) == 0);
  });
}

TEST_CASE("an account keeps whatever texts it is given") {
  ConnectionFixture f;
  int number = 0;
  for (const std::string& text : testing::hostile_texts()) {
    Connection connection = make_connection("ca_h" + std::to_string(++number), text);
    connection.alias = connection.identity = connection.status_reason = text;
    connection.scopes = {text};
    connection.fields = {{text, text}};
    f.connect(connection);
    const auto found = f.find(connection.id.str());
    REQUIRE(found);
    CHECK(found->user.str() == text);
    CHECK(found->alias == text);
    CHECK(found->identity == text);
    CHECK(found->status_reason == text);
    CHECK(found->scopes == connection.scopes);
    CHECK(found->fields == connection.fields);
    CHECK(f.find_default(text) == connection.id.str());
    if (!text.empty()) CHECK(f.find_by_alias(text, text) == connection.id.str());
  }
  CHECK(f.vault->check().empty());
}

TEST_CASE("user, alias, scopes, identity and fields do not stand in the file") {
  ConnectionFixture f;
  Connection connection = with_alias("ca_1", "alias-to-look-for", "user-to-look-for");
  connection.scopes = {"scope-to-look-for"};
  connection.identity = "identity-to-look-for";
  connection.fields = {{"subdomain", "field-to-look-for"}};
  f.connect(connection);
  const std::string all = f.bytes();
  CHECK(all.find("ca_1") != std::string::npos);
  CHECK(all.find("to-look-for") == std::string::npos);
}

TEST_CASE("two equal credentials do not look alike, and their length tells little") {
  ConnectionFixture f;
  f.connect(make_connection("ca_1"));
  f.connect(make_connection("ca_2"));
  CHECK(f.ask("SELECT count(DISTINCT credential_sealed) FROM connection") == "2");
  // 48 bytes around a record that is filled up to a multiple of 256.
  CHECK(f.ask("SELECT max((length(credential_sealed) - 48) % 256) FROM connection") == "0");
}

}  // namespace
}  // namespace coffer
