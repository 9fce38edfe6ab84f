#include "vault/engine/housekeeper.h"

#include <catch2/catch.hpp>

#include "tests/support/temp_vault.h"
#include "vault/store/audit_log.h"
#include "vault/store/outbox.h"
#include "vault/store/subscription_store.h"

using namespace coffer;
using coffer::testing::TempVault;
using coffer::testing::TestEnv;

namespace {

struct Household : TestEnv {
  void append(const std::string& event) {
    vault.write([&](WriteTransaction& tx) {
      outbox::append(tx, {event, std::string(kExpiredEvent), ConnectionId("ca_1"), "{}", clock.now()});
      audit_log::append(tx, {0, clock.now(), event, ConnectionId("ca_1"), {}});
    });
  }
  void subscribe(const std::string& id, bool is_hidden) {
    Subscription subscription;
    subscription.id = SubscriptionId(id);
    subscription.url = "http://127.0.0.1:4321/";
    subscription.secret = Secret("whsec_1");
    subscription.events = {"composio.trigger.message"};
    subscription.is_hidden = is_hidden;
    subscription.created_at = subscription.updated_at = clock.now();
    vault.write([&](WriteTransaction& tx) { subscription_store::insert(tx, subscription); });
  }
  std::size_t events() {
    return vault.read([](Transaction& tx) { return outbox::events(tx, {}).size(); });
  }
  std::size_t audit_entries() {
    return vault.read([](Transaction& tx) { return audit_log::list(tx, ConnectionId("ca_1"), 10).size(); });
  }
  std::vector<std::string> subscriptions() {
    std::vector<std::string> ids;
    vault.read([&](Transaction& tx) {
      for (const Subscription& one : subscription_store::list(tx, true)) ids.push_back(one.id.str());
    });
    return ids;
  }

  TempVault vault{*this};
  Housekeeper housekeeper{env(), vault.database()};
};

}  // namespace

TEST_CASE_METHOD(Household, "events go after 30 days, audit entries after a year", "[housekeeper]") {
  append("msg_1");
  clock.advance(kEventsKept);
  append("msg_2");
  housekeeper.run();
  CHECK(events() == 2);
  clock.advance(Duration(1));
  housekeeper.run();
  CHECK(events() == 1);
  CHECK(audit_entries() == 2);
  clock.advance(kAuditKept - kEventsKept);
  housekeeper.run();
  CHECK(audit_entries() == 1);
  CHECK(vault->check().empty());
}

TEST_CASE_METHOD(Household, "listeners that are gone are forgotten, and nothing is sent to find out",
                 "[housekeeper]") {
  subscribe("ws_alive", true);
  subscribe("ws_gone", true);
  subscribe("ws_receiver", false);
  http.answer(200, "");
  housekeeper.run();
  CHECK(subscriptions() == std::vector<std::string>{"ws_alive", "ws_receiver"});
  CHECK(http.seen().empty());
}
