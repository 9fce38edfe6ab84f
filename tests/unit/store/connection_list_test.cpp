#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"

namespace coffer {
namespace {

using connection_store::Query;
using testing::make_connection;
using testing::StoreFixture;
using Ids = std::vector<std::string>;

// ca_1 alice gmail ACTIVE, ca_2 alice slack, ca_3 bob gmail, ca_4 bob gmail ACTIVE; updated in
// the order 3, 1, 4, 2.
struct FourAccounts : StoreFixture {
  FourAccounts() {
    add("ca_1", "alice", "gmail", ConnectionStatus::Active, 2);
    add("ca_2", "alice", "slack", ConnectionStatus::Initiated, 4);
    add("ca_3", "bob", "gmail", ConnectionStatus::Expired, 1);
    add("ca_4", "bob", "gmail", ConnectionStatus::Active, 3);
  }
  void add(const char* id, const char* user, const char* toolkit, ConnectionStatus status, int updated) {
    Connection connection = make_connection(id, user, toolkit);
    connection.status = status;
    connection.updated_at += Duration(updated);
    vault.write([&](WriteTransaction& tx) { connection_store::insert(tx, connection); });
  }
  Ids list(const Query& query, std::int64_t* total = nullptr) {
    const auto page = vault.read([&](Transaction& tx) { return connection_store::list(tx, query); });
    if (total != nullptr) *total = page.total;
    Ids ids;
    for (const Connection& connection : page.items) ids.push_back(connection.id.str());
    return ids;
  }
};

Query by_users(const std::vector<std::string>& users) {
  Query query;
  for (const std::string& user : users) query.users.emplace_back(user);
  return query;
}

Query by_ids(const std::vector<std::string>& ids) {
  Query query;
  for (const std::string& id : ids) query.ids.emplace_back(id);
  return query;
}

TEST_CASE("accounts are listed newest first, or as asked", "[connection_list]") {
  FourAccounts f;
  Query query;
  CHECK(f.list(query) == Ids{"ca_4", "ca_3", "ca_2", "ca_1"});
  query.ascending = true;
  CHECK(f.list(query) == Ids{"ca_1", "ca_2", "ca_3", "ca_4"});
  query.order_by_updated = true;
  CHECK(f.list(query) == Ids{"ca_3", "ca_1", "ca_4", "ca_2"});
  query.ascending = false;
  CHECK(f.list(query) == Ids{"ca_2", "ca_4", "ca_1", "ca_3"});
}

TEST_CASE("a list by user holds no other user's account", "[connection_list]") {
  FourAccounts f;
  CHECK(f.list(by_users({"alice"})) == Ids{"ca_2", "ca_1"});
  CHECK(f.list(by_users({"alice", "bob"})).size() == 4);
  CHECK(f.list(by_users({"carol"})).empty());
  CHECK(f.list(by_users({""})).empty());
  Query foreign = by_users({"alice"});
  foreign.ids = {ConnectionId("ca_3")};
  CHECK(f.list(foreign).empty());
}

TEST_CASE("each filter narrows the list and all of them hold together", "[connection_list]") {
  FourAccounts f;
  CHECK(f.list(by_ids({"ca_3", "ca_1", "ca_x"})) == Ids{"ca_3", "ca_1"});
  Query query;
  query.toolkits = {"gmail"};
  CHECK(f.list(query) == Ids{"ca_4", "ca_3", "ca_1"});
  query.statuses = {ConnectionStatus::Active, ConnectionStatus::Failed};
  CHECK(f.list(query) == Ids{"ca_4", "ca_1"});
  query.users = {UserId("alice")};
  CHECK(f.list(query) == Ids{"ca_1"});
  query.auth_configs = {AuthConfigId("ac_slack")};
  CHECK(f.list(query).empty());
  query.auth_configs = {AuthConfigId("ac_slack"), AuthConfigId("ac_gmail")};
  CHECK(f.list(query) == Ids{"ca_1"});
}

TEST_CASE("a list can leave out what was never connected", "[connection_list]") {
  FourAccounts f;
  Connection expired = make_connection("ca_5", "bob", "slack");
  expired.status = ConnectionStatus::Expired;
  expired.connected_at = expired.created_at;
  f.vault.write([&](WriteTransaction& tx) { connection_store::insert(tx, expired); });
  Query query = by_users({"bob"});
  query.statuses = {ConnectionStatus::Expired};
  CHECK(f.list(query) == Ids{"ca_5", "ca_3"});
  query.once_connected = true;
  std::int64_t total = 0;
  CHECK(f.list(query, &total) == Ids{"ca_5"});
  CHECK(total == 1);
}

TEST_CASE("pages follow one another without gap and know the whole", "[connection_list]") {
  FourAccounts f;
  Query query;
  std::int64_t total = 0;
  query.page = {3, 0};
  CHECK(f.list(query, &total) == Ids{"ca_4", "ca_3", "ca_2"});
  CHECK(total == 4);
  query.page = {3, 3};
  CHECK(f.list(query, &total) == Ids{"ca_1"});
  CHECK(total == 4);
  query.page = {3, 4};
  CHECK(f.list(query, &total).empty());
  CHECK(total == 4);
  query.page = {0, 0};
  CHECK(f.list(query, &total).empty());
  CHECK(total == 4);
}

TEST_CASE("a filter is a value and never SQL or JSON", "[connection_list]") {
  FourAccounts f;
  for (const std::string& text : testing::hostile_texts()) {
    CAPTURE(text.substr(0, 40));
    CHECK(f.list(by_users({text})).empty());
    CHECK(f.list(by_ids({text})).empty());
    Query query;
    query.toolkits = {text, "\"]"};
    CHECK(f.list(query).empty());
  }
  CHECK(f.list({}).size() == 4);
}

TEST_CASE("an edited account is left out of the list and logged", "[connection_list][tamper]") {
  FourAccounts f;
  f.edit("UPDATE connection SET failures = 9 WHERE id = 'ca_3'");
  CHECK(f.list({}) == Ids{"ca_4", "ca_2", "ca_1"});
  CHECK(f.env.log_text.find("ca_3") != std::string::npos);
}

TEST_CASE("an account moved to another user in the file is listed to neither", "[connection_list][tamper]") {
  FourAccounts f;
  f.edit(
      "UPDATE connection SET user_ref = (SELECT o.user_ref FROM connection AS o WHERE o.id = 'ca_1') "
      "WHERE id = 'ca_4'");
  CHECK(f.list(by_users({"alice"})) == Ids{"ca_2", "ca_1"});
  CHECK(f.list(by_users({"bob"})) == Ids{"ca_3"});
}

}  // namespace
}  // namespace coffer
