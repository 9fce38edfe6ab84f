#include "vault/store/refresh_journal.h"

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"

namespace coffer {
namespace {

using refresh_journal::Intent;
using testing::code_of;
using testing::kStart;
using testing::make_connection;
using testing::make_tokens;
using testing::StoreFixture;

struct JournalFixture : StoreFixture {
  Connection account = connect("ca_1");

  Connection connect(const std::string& id) {
    Connection connection = make_connection(id);
    vault.write([&](WriteTransaction& tx) {
      connection_store::insert(tx, connection);
      connection_store::commit_credential(tx, connection, make_tokens());
    });
    return connection;
  }
  bool mark(const Intent& intent) {
    return vault.write([&](WriteTransaction& tx) { return refresh_journal::mark_sent(tx, intent); });
  }
  bool clear(const Intent& intent) {
    return vault.write([&](WriteTransaction& tx) { return refresh_journal::clear(tx, intent); });
  }
  std::optional<Intent> find(const std::string& id = "ca_1") {
    return vault.read([&](Transaction& tx) { return refresh_journal::find(tx, ConnectionId(id)); });
  }
  std::vector<Intent> unfinished() {
    return vault.read([](Transaction& tx) { return refresh_journal::unfinished(tx); });
  }
  RefreshState state() {
    return vault.read([](Transaction& tx) { return connection_store::find(tx, ConnectionId("ca_1")); })
        ->refresh_state;
  }
};

Intent intent_of(const std::string& account = "ca_1", const std::string& id = "intent-1",
                 std::int64_t generation = 1) {
  return {ConnectionId(account), id, generation, 2, kStart};
}

TEST_CASE("an intent stands until it is cleared, whatever becomes of the process", "[journal]") {
  JournalFixture f;
  CHECK_FALSE(f.find());
  CHECK(f.state() == RefreshState::Idle);
  REQUIRE(f.mark(intent_of()));
  f.vault.reopen();
  const auto found = f.find();
  REQUIRE(found);
  CHECK(found->connection == ConnectionId("ca_1"));
  CHECK(found->id == "intent-1");
  CHECK(found->generation == 1);
  CHECK(found->attempt == 2);
  CHECK(found->sent_at == kStart);
  CHECK(f.state() == RefreshState::Sent);
  CHECK(f.clear(intent_of()));
  CHECK_FALSE(f.find());
  CHECK(f.state() == RefreshState::Idle);
  CHECK(f.vault->check().empty());
}

TEST_CASE("an intent that was not committed may not be acted on and does not exist", "[journal]") {
  JournalFixture f;
  {
    const auto tx = f.vault->write();
    REQUIRE(refresh_journal::mark_sent(*tx, intent_of()));
  }
  CHECK_FALSE(f.find());
  CHECK(f.vault->check().empty());
}

TEST_CASE("one intent stands at a time", "[journal]") {
  JournalFixture f;
  REQUIRE(f.mark(intent_of()));
  CHECK_FALSE(f.mark(intent_of("ca_1", "intent-2")));
  CHECK_FALSE(f.mark(intent_of()));
  CHECK(f.find()->id == "intent-1");
}

TEST_CASE("an intent for another generation, or for nobody, is refused", "[journal]") {
  JournalFixture f;
  CHECK_FALSE(f.mark(intent_of("ca_1", "intent-1", 0)));
  CHECK_FALSE(f.mark(intent_of("ca_1", "intent-1", 2)));
  CHECK_FALSE(f.mark(intent_of("ca_x")));
  CHECK(f.unfinished().empty());
}

TEST_CASE("an intent is cleared by itself alone", "[journal]") {
  JournalFixture f;
  CHECK_FALSE(f.clear(intent_of()));
  REQUIRE(f.mark(intent_of()));
  CHECK_FALSE(f.clear(intent_of("ca_1", "intent-2")));
  CHECK_FALSE(f.clear(intent_of("ca_1", "intent-1", 2)));
  CHECK_FALSE(f.clear(intent_of("ca_x")));
  CHECK(f.find());
  CHECK(f.clear(intent_of()));
  CHECK_FALSE(f.clear(intent_of()));
}

TEST_CASE("a new credential ends whatever intent stood", "[journal]") {
  JournalFixture f;
  REQUIRE(f.mark(intent_of()));
  f.vault.write([&](WriteTransaction& tx) {
    REQUIRE(connection_store::commit_credential(tx, f.account, make_tokens("2")));
  });
  CHECK_FALSE(f.find());
  CHECK_FALSE(f.clear(intent_of()));
  CHECK(f.mark(intent_of("ca_1", "intent-2", 2)));
}

TEST_CASE("an update of the account lets its intent stand", "[journal]") {
  JournalFixture f;
  REQUIRE(f.mark(intent_of()));
  f.account.alias = "work";
  f.vault.write([&](WriteTransaction& tx) { REQUIRE(connection_store::update(tx, f.account)); });
  CHECK(f.find()->id == "intent-1");
}

TEST_CASE("all intents without an end are found, those of removed accounts not", "[journal]") {
  JournalFixture f;
  f.connect("ca_2");
  f.connect("ca_3");
  for (const char* id : {"ca_1", "ca_2", "ca_3"}) REQUIRE(f.mark(intent_of(id)));
  f.vault.write([](WriteTransaction& tx) { connection_store::remove(tx, ConnectionId("ca_2"), kStart); });
  f.vault.reopen();
  const std::vector<Intent> open = f.unfinished();
  REQUIRE(open.size() == 2);
  CHECK(open[0].connection == ConnectionId("ca_1"));
  CHECK(open[1].connection == ConnectionId("ca_3"));
}

TEST_CASE("an intent that was edited away, edited or put in fails alone", "[journal][tamper]") {
  const std::string change =
      GENERATE(as<std::string>(), "intent_id = NULL, intent_attempt = NULL, intent_sent_at_ms = NULL",
               "intent_id = NULL", "intent_id = 'intent-2'", "intent_attempt = 1", "intent_sent_at_ms = 1");
  CAPTURE(change);
  JournalFixture f;
  f.connect("ca_2");
  REQUIRE(f.mark(intent_of("ca_1")));
  REQUIRE(f.mark(intent_of("ca_2")));
  f.edit("UPDATE connection SET " + change + " WHERE id = 'ca_1'");
  CHECK(code_of([&] { f.find("ca_1"); }) == ErrorCode::TamperedRow);
  CHECK(code_of([&] { f.clear(intent_of("ca_1")); }) == ErrorCode::TamperedRow);
  const std::vector<Intent> open = f.unfinished();
  REQUIRE(open.size() == 1);
  CHECK(open[0].connection == ConnectionId("ca_2"));
}

}  // namespace
}  // namespace coffer
