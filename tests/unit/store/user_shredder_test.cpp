#include "vault/store/user_shredder.h"

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"
#include "vault/base/encoding.h"
#include "vault/store/audit_log.h"
#include "vault/store/data_keys.h"
#include "vault/store/link_store.h"
#include "vault/store/outbox.h"
#include "vault/store/session_store.h"
#include "vault/store/sql_query.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::kStart;
using testing::make_connection;
using testing::make_tokens;
using testing::StoreFixture;

// alice with two accounts, a link, a session and an event; bob with one account.
struct TwoUsers : StoreFixture {
  TwoUsers() {
    for (const auto& [id, user] :
         {std::pair("ca_1", "alice"), std::pair("ca_2", "alice"), std::pair("ca_3", "bob")}) {
      Connection connection = make_connection(id, user);
      vault.write([&](WriteTransaction& tx) {
        connection_store::insert(tx, connection);
        connection_store::commit_credential(tx, connection, make_tokens(id));
      });
    }
    vault.write([&](WriteTransaction& tx) {
      link_store::Link link;
      link.connection = ConnectionId("ca_1");
      link.user = UserId("alice");
      link.created_at = kStart;
      link.expires_at = kStart + std::chrono::minutes(10);
      link_store::insert(tx, link, Secret("lk_1"));
      Session session;
      session.id = SessionId("trs_1");
      session.user = UserId("alice");
      session.created_at = kStart;
      session_store::insert(tx, session);
      outbox::append(tx, {"msg_1", "expired", ConnectionId("ca_1"), "{}", kStart});
      outbox::append(tx, {"msg_3", "expired", ConnectionId("ca_3"), "{}", kStart});
    });
  }
  user_shredder::Shredded shred(const std::string& user) {
    return vault.write([&](WriteTransaction& tx) { return user_shredder::shred(tx, UserId(user), kStart); });
  }
  bool exists(const char* id) {
    return vault.read(
        [&](Transaction& tx) { return connection_store::find(tx, ConnectionId(id)).has_value(); });
  }
};

TEST_CASE("a shredded user's accounts, links, sessions and events are gone, others' are not", "[shred]") {
  TwoUsers f;
  const auto shredded = f.shred("alice");
  CHECK(shredded.accounts == 2);
  CHECK(shredded.sessions == 1);
  CHECK_FALSE(f.exists("ca_1"));
  CHECK_FALSE(f.exists("ca_2"));
  CHECK(f.exists("ca_3"));
  f.vault.read([](Transaction& tx) {
    CHECK_FALSE(link_store::find(tx, "lk_1"));
    CHECK_FALSE(session_store::find(tx, SessionId("trs_1")));
    const auto events = outbox::events(tx, {});
    REQUIRE(events.size() == 1);
    CHECK(events[0].id == "msg_3");
    CHECK(audit_log::list(tx, ConnectionId("ca_1"), 1).at(0).action == "shredded");
  });
  CHECK(f.vault->check().empty());
  CHECK(f.shred("alice").accounts == 0);
}

TEST_CASE("the data key of a shredded user is nowhere in the file", "[shred]") {
  TwoUsers f;
  const std::string key_of_alice =
      "SELECT hex(wrapped) FROM data_key ORDER BY id LIMIT 1";  // made with the first account
  const std::string wrapped = f.ask(key_of_alice);
  const std::string sealed = f.ask("SELECT hex(account_sealed) FROM connection WHERE id = 'ca_1'");
  const auto holds = [&](const std::string& hex) {
    const auto raw = from_hex(hex);
    REQUIRE(raw);
    return f.bytes().find(*raw) != std::string::npos;
  };
  REQUIRE(holds(wrapped));
  f.shred("alice");
  CHECK_FALSE(holds(wrapped));
  CHECK_FALSE(holds(sealed));
  CHECK(f.ask("SELECT count(*) FROM data_key WHERE owner LIKE 'user:%'") == "1");
}

TEST_CASE("an account that was edited is shredded with the others", "[shred][tamper]") {
  TwoUsers f;
  f.edit("UPDATE connection SET status = 'REVOKED' WHERE id = 'ca_1'");
  CHECK(f.shred("alice").accounts == 2);
  CHECK(f.vault->check().empty());
}

}  // namespace
}  // namespace coffer
