#include "vault/store/subscription_store.h"

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::StoreFixture;

Subscription make_subscription(const std::string& id = "ws_1") {
  Subscription subscription;
  subscription.id = SubscriptionId(id);
  subscription.url = "https://app.example/hook";
  subscription.secret = Secret("whsec_1");
  subscription.events = {std::string(kExpiredEvent)};
  subscription.created_at = subscription.updated_at = from_ms(testing::kStartMs);
  return subscription;
}

struct SubscriptionFixture : StoreFixture {
  void insert(const Subscription& subscription) {
    vault.write([&](WriteTransaction& tx) { subscription_store::insert(tx, subscription); });
  }
  bool update(const Subscription& subscription) {
    return vault.write([&](WriteTransaction& tx) { return subscription_store::update(tx, subscription); });
  }
  std::optional<Subscription> find(const std::string& id) {
    return vault.read([&](Transaction& tx) { return subscription_store::find(tx, SubscriptionId(id)); });
  }
  std::vector<std::string> ids(bool include_hidden) {
    std::vector<std::string> ids;
    vault.read([&](Transaction& tx) {
      for (const Subscription& found : subscription_store::list(tx, include_hidden))
        ids.push_back(found.id.str());
    });
    return ids;
  }
};

TEST_CASE("a subscription comes back as it was stored", "[subscription]") {
  SubscriptionFixture f;
  Subscription stored = make_subscription();
  stored.version = "V2";
  stored.is_hidden = true;
  stored.is_enabled = false;
  stored.updated_at += Duration(5);
  f.insert(stored);
  f.vault.reopen();
  const auto found = f.find("ws_1");
  REQUIRE(found);
  CHECK(found->url == stored.url);
  CHECK(found->secret == stored.secret);
  CHECK(found->events == stored.events);
  CHECK(found->version == "V2");
  CHECK(found->is_hidden);
  CHECK_FALSE(found->is_enabled);
  CHECK(found->created_at == stored.created_at);
  CHECK(found->updated_at == stored.updated_at);
  CHECK_FALSE(f.find("ws_2"));
}

TEST_CASE("a subscription is stored once and changed by update alone", "[subscription]") {
  SubscriptionFixture f;
  Subscription subscription = make_subscription();
  CHECK_FALSE(f.update(subscription));
  CHECK_FALSE(f.find("ws_1"));
  f.insert(subscription);
  CHECK(code_of([&] { f.insert(subscription); }) == ErrorCode::Conflict);
  subscription.url = "https://app.example/other";
  subscription.secret = Secret("whsec_2");
  CHECK(f.update(subscription));
  CHECK(f.find("ws_1")->url == "https://app.example/other");
  CHECK(f.find("ws_1")->secret == Secret("whsec_2"));
  CHECK(f.vault->check().empty());
}

TEST_CASE("hidden subscriptions are listed to those who ask for them", "[subscription]") {
  SubscriptionFixture f;
  Subscription hidden = make_subscription("ws_hidden");
  hidden.is_hidden = true;
  f.insert(make_subscription("ws_1"));
  f.insert(hidden);
  f.insert(make_subscription("ws_2"));
  CHECK(f.ids(false) == std::vector<std::string>{"ws_1", "ws_2"});
  CHECK(f.ids(true) == std::vector<std::string>{"ws_1", "ws_hidden", "ws_2"});
}

TEST_CASE("a removed subscription is gone", "[subscription]") {
  SubscriptionFixture f;
  f.insert(make_subscription());
  const auto remove = [](WriteTransaction& tx) {
    return subscription_store::remove(tx, SubscriptionId("ws_1"));
  };
  CHECK(f.vault.write(remove));
  CHECK_FALSE(f.vault.write(remove));
  CHECK_FALSE(f.find("ws_1"));
}

TEST_CASE("an edited subscription fails alone", "[subscription][tamper]") {
  const std::string change =
      GENERATE(as<std::string>(), "is_hidden = 1", "is_enabled = 0", "created_at_ms = 1", "updated_at_ms = 1",
               "data_key_id = 9",
               "details_sealed = (SELECT o.details_sealed FROM subscription AS o WHERE o.id = 'ws_2')",
               "mac = (SELECT o.mac FROM subscription AS o WHERE o.id = 'ws_2')");
  CAPTURE(change);
  SubscriptionFixture f;
  f.insert(make_subscription("ws_1"));
  f.insert(make_subscription("ws_2"));
  f.edit("UPDATE subscription SET " + change + " WHERE id = 'ws_1'");
  CHECK(code_of([&] { f.find("ws_1"); }) == ErrorCode::TamperedRow);
  CHECK(f.ids(true) == std::vector<std::string>{"ws_2"});
  CHECK(f.env.log_text.find("ws_1") != std::string::npos);
  CHECK(f.check_names("ws_1"));
}

TEST_CASE("no webhook URL or secret stands in the file", "[subscription]") {
  SubscriptionFixture f;
  f.insert(make_subscription("ws_1"));
  const std::string all = f.bytes();
  CHECK(all.find("ws_1") != std::string::npos);
  CHECK(all.find("app.example") == std::string::npos);
  CHECK(all.find("whsec_1") == std::string::npos);
}

}  // namespace
}  // namespace coffer
