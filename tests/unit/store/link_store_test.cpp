#include "vault/store/link_store.h"

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"

namespace coffer {
namespace {

using link_store::Link;
using link_store::State;
using testing::code_of;
using testing::kStart;
using testing::StoreFixture;

constexpr Duration kLife = std::chrono::minutes(10);

struct LinkFixture : StoreFixture {
  void insert(const Link& link, const std::string& token) {
    vault.write([&](WriteTransaction& tx) { link_store::insert(tx, link, Secret(token)); });
  }
  std::optional<Link> find(const std::string& token) {
    return vault.read([&](Transaction& tx) { return link_store::find(tx, token); });
  }
  bool begin(const std::string& token, const Link& link, const std::string& state,
             const std::string& browser) {
    return vault.write([&](WriteTransaction& tx) {
      return link_store::begin(tx, token, link, Secret(state), Secret(browser));
    });
  }
  std::optional<Link> find_by_state(const std::string& state) {
    return vault.read([&](Transaction& tx) { return link_store::find_by_state(tx, state); });
  }
  State state_of(const std::string& token) {
    const auto link = find(token);
    REQUIRE(link);
    return link->state;
  }
};

Link make_link(const std::string& connection = "ca_1", const std::string& user = "alice") {
  Link link;
  link.connection = ConnectionId(connection);
  link.user = UserId(user);
  link.auth_config = AuthConfigId("ac_gmail");
  link.toolkit = "gmail";
  link.callback_url = "https://app.example/done";
  link.alias = "work";
  link.fields = {{"subdomain", "acme"}};
  link.created_at = kStart;
  link.expires_at = kStart + kLife;
  link.expected_generation = 3;
  return link;
}

// As the walk hands it to begin().
Link frozen(const Link& link) {
  Link walk = make_link(link.connection.str(), link.user.str());
  walk.token_url = "https://provider.example/token";
  walk.issuer = "https://provider.example";
  walk.client_id = "client-1";
  walk.redirect_uri = "https://coffer.example/oauth/callback/ac_gmail";
  walk.scopes = {"mail.read"};
  walk.code_verifier = Secret("verifier-1");
  return walk;
}

TEST_CASE("a link comes back as it was stored, by its own token alone", "[link]") {
  LinkFixture f;
  f.insert(make_link(), "lk_1");
  f.vault.reopen();
  const auto found = f.find("lk_1");
  REQUIRE(found);
  CHECK(found->connection == ConnectionId("ca_1"));
  CHECK(found->user == UserId("alice"));
  CHECK(found->auth_config == AuthConfigId("ac_gmail"));
  CHECK(found->toolkit == "gmail");
  CHECK(found->callback_url == "https://app.example/done");
  CHECK(found->alias == "work");
  CHECK(found->fields == make_link().fields);
  CHECK(found->state == State::Fresh);
  CHECK(found->created_at == kStart);
  CHECK(found->expires_at == kStart + kLife);
  CHECK(found->expected_generation == 3);
  CHECK(found->code_verifier.empty());
  CHECK_FALSE(f.find("lk_2"));
  CHECK_FALSE(f.find(""));
}

TEST_CASE("beginning a link freezes the walk and binds the browser", "[link]") {
  LinkFixture f;
  f.insert(make_link(), "lk_1");
  REQUIRE(f.begin("lk_1", frozen(make_link()), "state-1", "browser-1"));
  const auto found = f.find_by_state("state-1");
  REQUIRE(found);
  CHECK(found->state == State::Begun);
  CHECK(found->token_url == "https://provider.example/token");
  CHECK(found->issuer == "https://provider.example");
  CHECK(found->client_id == "client-1");
  CHECK(found->redirect_uri == "https://coffer.example/oauth/callback/ac_gmail");
  CHECK(found->scopes == std::vector<std::string>{"mail.read"});
  CHECK(found->code_verifier == Secret("verifier-1"));
  f.vault.read([](Transaction& tx) {
    CHECK(link_store::is_bound_to(tx, "lk_1", "browser-1"));
    CHECK_FALSE(link_store::is_bound_to(tx, "lk_1", "browser-2"));
    CHECK_FALSE(link_store::is_bound_to(tx, "lk_1", ""));
    CHECK_FALSE(link_store::is_bound_to(tx, "lk_2", "browser-1"));
    CHECK(link_store::is_state_bound_to(tx, "state-1", "browser-1"));
    CHECK_FALSE(link_store::is_state_bound_to(tx, "state-1", "browser-2"));
  });
}

TEST_CASE("a link that nobody began is bound to no browser", "[link]") {
  LinkFixture f;
  f.insert(make_link(), "lk_1");
  CHECK_FALSE(f.vault.read([](Transaction& tx) { return link_store::is_bound_to(tx, "lk_1", ""); }));
}

TEST_CASE("a begun link can be begun again by its browser alone", "[link]") {
  LinkFixture f;
  f.insert(make_link(), "lk_1");
  REQUIRE(f.begin("lk_1", frozen(make_link()), "state-1", "browser-1"));
  CHECK_FALSE(f.begin("lk_1", frozen(make_link()), "state-2", "browser-2"));
  CHECK_FALSE(f.find_by_state("state-2"));
  CHECK(f.begin("lk_1", frozen(make_link()), "state-3", "browser-1"));
  CHECK(f.find_by_state("state-3"));
  CHECK_FALSE(f.find_by_state("state-1"));
}

TEST_CASE("a state works once", "[link]") {
  LinkFixture f;
  f.insert(make_link(), "lk_1");
  REQUIRE(f.begin("lk_1", frozen(make_link()), "state-1", "browser-1"));
  const auto consume = [](WriteTransaction& tx) { return link_store::consume_state(tx, "state-1"); };
  CHECK(f.vault.write(consume));
  CHECK_FALSE(f.vault.write(consume));
  CHECK_FALSE(f.find_by_state("state-1"));
  CHECK(f.state_of("lk_1") == State::Begun);
}

TEST_CASE("a link without a state is found by none", "[link]") {
  LinkFixture f;
  f.insert(make_link(), "lk_1");
  REQUIRE(f.begin("lk_1", frozen(make_link()), "", "browser-1"));
  CHECK_FALSE(f.find_by_state(""));
}

TEST_CASE("two links cannot share a state", "[link]") {
  LinkFixture f;
  f.insert(make_link("ca_1"), "lk_1");
  f.insert(make_link("ca_2"), "lk_2");
  REQUIRE(f.begin("lk_1", frozen(make_link("ca_1")), "state-1", "browser-1"));
  CHECK(code_of([&] { f.begin("lk_2", frozen(make_link("ca_2")), "state-1", "browser-2"); }) ==
        ErrorCode::Conflict);
}

TEST_CASE("an ended link has lost its verifier, is known by its state and cannot be begun", "[link]") {
  LinkFixture f;
  f.insert(make_link(), "lk_1");
  REQUIRE(f.begin("lk_1", frozen(make_link()), "state-1", "browser-1"));
  const auto link = f.find("lk_1");
  REQUIRE(link);
  const auto complete = [&](WriteTransaction& tx) { return link_store::finish(tx, *link, State::Completed); };
  CHECK(f.vault.write(complete));
  CHECK_FALSE(f.vault.write(complete));
  CHECK(f.state_of("lk_1") == State::Completed);
  CHECK(f.find("lk_1")->code_verifier.empty());
  CHECK(f.find_by_state("state-1").value().state == State::Completed);
  CHECK_FALSE(f.begin("lk_1", frozen(make_link()), "state-2", "browser-1"));
}

TEST_CASE("finishing by connection ends that connection's newest open link", "[link]") {
  LinkFixture f;
  f.insert(make_link("ca_1"), "lk_1");
  f.insert(make_link("ca_1"), "lk_2");
  f.insert(make_link("ca_2"), "lk_3");
  f.vault.write([](WriteTransaction& tx) { link_store::finish(tx, ConnectionId("ca_1"), State::Failed); });
  CHECK(f.state_of("lk_1") == State::Fresh);
  CHECK(f.state_of("lk_2") == State::Failed);
  CHECK(f.state_of("lk_3") == State::Fresh);
}

TEST_CASE("a fresh link ends the older ones of its connection", "[link]") {
  LinkFixture f;
  for (const char* token : {"lk_1", "lk_2", "lk_3"}) f.insert(make_link("ca_1"), token);
  f.insert(make_link("ca_2"), "lk_other");
  f.vault.write([](WriteTransaction& tx) { link_store::supersede(tx, ConnectionId("ca_1")); });
  CHECK(f.state_of("lk_1") == State::Expired);
  CHECK(f.state_of("lk_2") == State::Expired);
  CHECK(f.state_of("lk_3") == State::Fresh);
  CHECK(f.state_of("lk_other") == State::Fresh);
}

TEST_CASE("open links are overdue from the moment they expire", "[link]") {
  LinkFixture f;
  Link later = make_link("ca_2");
  later.expires_at = kStart + 2 * kLife;
  f.insert(make_link("ca_1"), "lk_1");
  f.insert(later, "lk_2");
  f.insert(make_link("ca_3"), "lk_3");
  f.vault.write([](WriteTransaction& tx) { link_store::finish(tx, ConnectionId("ca_3"), State::Failed); });
  f.vault.read([](Transaction& tx) {
    CHECK(link_store::next_expiry(tx) == kStart + kLife);
    CHECK(link_store::overdue(tx, kStart + kLife - Duration(1)).empty());
    const std::vector<Link> overdue = link_store::overdue(tx, kStart + kLife);
    REQUIRE(overdue.size() == 1);
    CHECK(overdue[0].connection == ConnectionId("ca_1"));
    CHECK(link_store::overdue(tx, kStart + 2 * kLife).size() == 2);
  });
}

TEST_CASE("an ended link is kept for a day, an open one for longer", "[link]") {
  LinkFixture f;
  f.insert(make_link("ca_1"), "lk_ended");
  f.insert(make_link("ca_2"), "lk_open");
  f.vault.write([](WriteTransaction& tx) { link_store::finish(tx, ConnectionId("ca_1"), State::Completed); });
  Link next = make_link("ca_3");
  next.created_at = kStart + kLife + std::chrono::hours(24);
  f.insert(next, "lk_at_a_day");
  CHECK(f.find("lk_ended"));
  next.created_at += Duration(1);
  f.insert(next, "lk_after_a_day");
  CHECK_FALSE(f.find("lk_ended"));
  CHECK(f.find("lk_open"));
}

TEST_CASE("an edited link fails alone", "[link][tamper]") {
  const std::string change =
      GENERATE(as<std::string>(), "connection_id = 'ca_x'", "user_ref = 'x'", "data_key_id = 7",
               "auth_config_id = 'ac_x'", "toolkit = 'slack'", "state = 'COMPLETED'", "state = 'OPEN'",
               "created_at_ms = 1", "expires_at_ms = expires_at_ms + 1", "expected_generation = 4",
               "state_hash = x'00'", "browser_hash = x'00'", "verifier_sealed = NULL",
               "details_sealed = verifier_sealed",
               "details_sealed = (SELECT o.details_sealed FROM link AS o WHERE o.connection_id = 'ca_2')",
               "mac = (SELECT o.mac FROM link AS o WHERE o.connection_id = 'ca_2')");
  CAPTURE(change);
  LinkFixture f;
  f.insert(make_link("ca_1"), "lk_1");
  f.insert(make_link("ca_2", "bob"), "lk_2");
  REQUIRE(f.begin("lk_1", frozen(make_link()), "state-1", "browser-1"));
  f.edit("UPDATE link SET " + change + " WHERE connection_id = 'ca_1'");
  CHECK(code_of([&] { f.find("lk_1"); }) == ErrorCode::TamperedRow);
  CHECK(f.find("lk_2"));
  f.vault.read([](Transaction& tx) {
    CHECK(link_store::next_expiry(tx) == kStart + kLife);
    CHECK(link_store::overdue(tx, kStart + kLife).size() == 1);
  });
  CHECK_FALSE(f.vault->check().empty());
}

TEST_CASE("an edited link stands in the way of no other of its connection", "[link][tamper]") {
  LinkFixture f;
  for (const char* token : {"lk_1", "lk_2", "lk_3"}) f.insert(make_link("ca_1"), token);
  const std::string newest = "(SELECT max(rowid) FROM link)";
  f.edit("UPDATE link SET toolkit = 'slack' WHERE rowid = " + newest);

  f.vault.write([](WriteTransaction& tx) { link_store::supersede(tx, ConnectionId("ca_1")); });
  CHECK(f.state_of("lk_1") == State::Expired);
  CHECK(f.state_of("lk_2") == State::Fresh);
  f.vault.write([](WriteTransaction& tx) { link_store::finish(tx, ConnectionId("ca_1"), State::Failed); });
  CHECK(f.state_of("lk_2") == State::Failed);
}

TEST_CASE("no link token, state, browser secret, verifier or callback URL stands in the file", "[link]") {
  LinkFixture f;
  f.insert(make_link("ca_1", "user-to-look-for"), "token-to-look-for");
  REQUIRE(f.begin("token-to-look-for", frozen(make_link()), "state-to-look-for", "browser-to-look-for"));
  const std::string all = f.bytes();
  CHECK(all.find("ca_1") != std::string::npos);  // the search sees what stands in clear
  CHECK(all.find("to-look-for") == std::string::npos);
  CHECK(all.find("verifier-1") == std::string::npos);
  CHECK(all.find("app.example") == std::string::npos);
  CHECK(all.find("provider.example") == std::string::npos);
}

TEST_CASE("a link keeps whatever texts it is given", "[link]") {
  LinkFixture f;
  for (const std::string& text : testing::hostile_texts()) {
    Link link = make_link("ca_1", text);
    link.callback_url = link.alias = text;
    link.fields = {{"subdomain", text}};
    f.insert(link, "lk_" + text);
    const auto found = f.find("lk_" + text);
    REQUIRE(found);
    CHECK(found->user.str() == text);
    CHECK(found->callback_url == text);
    CHECK(found->alias == text);
    CHECK(found->fields == link.fields);
  }
}

}  // namespace
}  // namespace coffer
