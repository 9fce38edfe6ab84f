#include "vault/store/session_store.h"

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::StoreFixture;

Session make_session(const std::string& id = "trs_1", const std::string& user = "alice") {
  Session session;
  session.id = SessionId(id);
  session.user = UserId(user);
  session.config.toolkits_enabled = {"gmail", "slack"};
  session.config.toolkits_disabled = {"jira"};
  session.config.auth_configs = {{"gmail", AuthConfigId("ac_1")}};
  session.config.connected_accounts = {{"gmail", {ConnectionId("ca_1"), ConnectionId("ca_2")}},
                                       {"slack", {}}};
  session.config.manage_connections = false;
  session.config.callback_url = "https://app.example/done";
  session.config.extra_json = R"({"workbench":{"enable":false}})";
  session.created_at = from_ms(testing::kStartMs);
  return session;
}

struct SessionFixture : StoreFixture {
  void insert(const Session& session) {
    vault.write([&](WriteTransaction& tx) { session_store::insert(tx, session); });
  }
  bool update(const Session& session) {
    return vault.write([&](WriteTransaction& tx) { return session_store::update(tx, session); });
  }
  std::optional<Session> find(const std::string& id) {
    return vault.read([&](Transaction& tx) { return session_store::find(tx, SessionId(id)); });
  }
};

TEST_CASE("a session comes back as it was stored", "[session]") {
  SessionFixture f;
  const Session stored = make_session();
  f.insert(stored);
  f.vault.reopen();
  const auto found = f.find("trs_1");
  REQUIRE(found);
  CHECK(found->user == stored.user);
  CHECK(found->config.toolkits_enabled == stored.config.toolkits_enabled);
  CHECK(found->config.toolkits_disabled == stored.config.toolkits_disabled);
  CHECK(found->config.auth_configs == stored.config.auth_configs);
  CHECK(found->config.connected_accounts == stored.config.connected_accounts);
  CHECK_FALSE(found->config.manage_connections);
  CHECK(found->config.callback_url == stored.config.callback_url);
  CHECK(found->config.extra_json == stored.config.extra_json);
  CHECK(found->config_version == 1);
  CHECK(found->created_at == stored.created_at);
  CHECK_FALSE(f.find("trs_2"));
}

TEST_CASE("each update of a session raises its version by one", "[session]") {
  SessionFixture f;
  Session session = make_session();
  f.insert(session);
  session.config.toolkits_enabled = {"github"};
  CHECK(f.update(session));
  CHECK(f.update(session));
  const auto found = f.find("trs_1");
  REQUIRE(found);
  CHECK(found->config.toolkits_enabled == std::vector<std::string>{"github"});
  CHECK(found->config_version == 3);
  CHECK(f.vault->check().empty());
}

TEST_CASE("a session that does not exist is not updated into being", "[session]") {
  SessionFixture f;
  CHECK_FALSE(f.update(make_session()));
  CHECK_FALSE(f.find("trs_1"));
}

TEST_CASE("a session stays with its user", "[session]") {
  SessionFixture f;
  f.insert(make_session("trs_1", "alice"));
  CHECK_FALSE(f.update(make_session("trs_1", "bob")));
  CHECK(f.find("trs_1")->user == UserId("alice"));
}

TEST_CASE("a removed session is gone", "[session]") {
  SessionFixture f;
  f.insert(make_session("trs_1"));
  f.insert(make_session("trs_2"));
  const auto remove = [](WriteTransaction& tx) { return session_store::remove(tx, SessionId("trs_1")); };
  CHECK(f.vault.write(remove));
  CHECK_FALSE(f.vault.write(remove));
  CHECK_FALSE(f.find("trs_1"));
  CHECK(f.find("trs_2"));
}

TEST_CASE("an edited session fails alone", "[session][tamper]") {
  const std::string change =
      GENERATE(as<std::string>(), "id = 'trs_x'",
               "user_ref = (SELECT o.user_ref FROM session AS o WHERE o.id = 'trs_2')", "data_key_id = 2",
               "config_version = 2", "created_at_ms = 1",
               "details_sealed = (SELECT o.details_sealed FROM session AS o WHERE o.id = 'trs_2')",
               "mac = (SELECT o.mac FROM session AS o WHERE o.id = 'trs_2')");
  CAPTURE(change);
  SessionFixture f;
  f.insert(make_session("trs_1", "alice"));
  f.insert(make_session("trs_2", "bob"));
  f.edit("UPDATE session SET " + change + " WHERE id = 'trs_1'");
  const std::string id = change == "id = 'trs_x'" ? "trs_x" : "trs_1";
  CHECK(code_of([&] { f.find(id); }) == ErrorCode::TamperedRow);
  CHECK(f.find("trs_2"));
  CHECK(f.check_names(id));
}

TEST_CASE("a session whose user's data key is gone fails alone", "[session][tamper]") {
  SessionFixture f;
  f.insert(make_session("trs_1", "alice"));
  f.insert(make_session("trs_2", "bob"));
  f.edit("DELETE FROM data_key WHERE id = 1");
  CHECK(code_of([&] { f.find("trs_1"); }) == ErrorCode::TamperedRow);
  CHECK(f.find("trs_2"));
  CHECK_FALSE(f.vault->check().empty());
}

TEST_CASE("a session keeps whatever texts it is given", "[session]") {
  SessionFixture f;
  int number = 0;
  for (const std::string& text : testing::hostile_texts()) {
    Session session = make_session("trs_h" + std::to_string(++number), text);
    session.config.toolkits_enabled = {text};
    session.config.connected_accounts = {{text, {ConnectionId(text)}}};
    session.config.extra_json = text;
    f.insert(session);
    const auto found = f.find(session.id.str());
    REQUIRE(found);
    CHECK(found->user.str() == text);
    CHECK(found->config.toolkits_enabled == session.config.toolkits_enabled);
    CHECK(found->config.connected_accounts == session.config.connected_accounts);
    CHECK(found->config.extra_json == text);
  }
}

}  // namespace
}  // namespace coffer
