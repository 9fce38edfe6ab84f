#include "vault/store/outbox.h"

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"
#include "vault/store/subscription_store.h"

namespace coffer {
namespace {

using testing::code_of;
using testing::kStart;
using testing::StoreFixture;

constexpr Duration kMinute = std::chrono::minutes(1);

struct OutboxFixture : StoreFixture {
  OutboxFixture() { subscribe("ws_1"); }

  void subscribe(const std::string& id, bool is_enabled = true, const std::string& type = "expired") {
    Subscription subscription;
    subscription.id = SubscriptionId(id);
    subscription.url = "https://app.example/" + id;
    subscription.secret = Secret("whsec_1");
    subscription.events = {type};
    subscription.is_enabled = is_enabled;
    subscription.created_at = subscription.updated_at = kStart;
    vault.write([&](WriteTransaction& tx) { subscription_store::insert(tx, subscription); });
  }
  void append(const std::string& id, const std::string& account = "ca_1", const std::string& type = "expired",
              Timestamp at = kStart) {
    vault.write([&](WriteTransaction& tx) {
      outbox::append(tx, {id, type, ConnectionId(account), R"({"id":")" + id + "\"}", at});
    });
  }
  std::vector<Delivery> due(Timestamp now = kStart, std::int64_t limit = 100) {
    return vault.read([&](Transaction& tx) { return outbox::due(tx, now, limit).deliveries; });
  }
  // Event ids in their order.
  std::vector<std::string> due_events(Timestamp now = kStart) {
    std::vector<std::string> ids;
    for (const Delivery& delivery : due(now)) ids.push_back(delivery.event.id);
    return ids;
  }
  int end_broken() {
    return vault.write([](WriteTransaction& tx) { return outbox::end_broken(tx); });
  }
  std::optional<Timestamp> next_due() {
    return vault.read([](Transaction& tx) { return outbox::next_due(tx); });
  }
  std::vector<std::string> events(const outbox::EventQuery& query) {
    std::vector<std::string> ids;
    vault.read([&](Transaction& tx) {
      for (const Event& event : outbox::events(tx, query)) ids.push_back(event.id);
    });
    return ids;
  }
  void delivered(const Delivery& delivery) {
    vault.write([&](WriteTransaction& tx) { outbox::mark_delivered(tx, delivery.id, 1, 200, kStart); });
  }
};

using Ids = std::vector<std::string>;

TEST_CASE("an event plans one delivery for each subscription that asks for it", "[outbox]") {
  OutboxFixture f;
  f.subscribe("ws_2");
  f.subscribe("ws_disabled", false);
  f.subscribe("ws_other", true, "other");
  f.append("msg_1");
  f.vault.reopen();
  const std::vector<Delivery> due = f.due();
  REQUIRE(due.size() == 2);
  CHECK(due[0].subscription == SubscriptionId("ws_1"));
  CHECK(due[1].subscription == SubscriptionId("ws_2"));
  CHECK(due[0].event.id == "msg_1");
  CHECK(due[0].event.type == "expired");
  CHECK(due[0].event.connection == ConnectionId("ca_1"));
  CHECK(due[0].event.body == R"({"id":"msg_1"})");
  CHECK(due[0].event.created_at == kStart);
  CHECK(due[0].attempt == 0);
}

TEST_CASE("an event is there with its transaction or not at all", "[outbox]") {
  OutboxFixture f;
  {
    const auto tx = f.vault->write();
    outbox::append(*tx, {"msg_1", "expired", ConnectionId("ca_1"), "{}", kStart});
  }
  CHECK(f.due().empty());
  CHECK(f.events({}).empty());
  CHECK(f.vault->check().empty());
}

TEST_CASE("an event is stored once", "[outbox]") {
  OutboxFixture f;
  f.append("msg_1");
  CHECK(code_of([&] { f.append("msg_1"); }) == ErrorCode::Conflict);
  CHECK(f.due().size() == 1);
}

TEST_CASE("a delivery waits for the one before it of the same account and subscription alone", "[outbox]") {
  OutboxFixture f;
  f.append("msg_1", "ca_1");
  f.append("msg_2", "ca_1");
  f.append("msg_3", "ca_2");
  CHECK(f.due_events() == Ids{"msg_1", "msg_3"});
  f.delivered(f.due().at(0));
  CHECK(f.due_events() == Ids{"msg_2", "msg_3"});
}

TEST_CASE("a failed delivery comes again at its time with its attempts counted", "[outbox]") {
  OutboxFixture f;
  f.append("msg_1");
  f.append("msg_2");
  const Delivery first = f.due().at(0);
  f.vault.write([&](WriteTransaction& tx) {
    outbox::mark_failed(tx, first.id, 1, "connection refused", kStart + kMinute);
  });
  CHECK(f.due(kStart + kMinute - Duration(1)).empty());
  CHECK(f.next_due() == kStart + kMinute);
  const std::vector<Delivery> again = f.due(kStart + kMinute);
  REQUIRE(again.size() == 1);
  CHECK(again[0].id == first.id);
  CHECK(again[0].attempt == 1);
}

TEST_CASE("a delivery that is given up lets the next one through", "[outbox]") {
  OutboxFixture f;
  f.append("msg_1");
  f.append("msg_2");
  f.vault.write([&](WriteTransaction& tx) { outbox::mark_dead(tx, f.due().at(0).id, 10, "410", kStart); });
  CHECK(f.due_events() == Ids{"msg_2"});
}

TEST_CASE("nothing is due when all has ended", "[outbox]") {
  OutboxFixture f;
  CHECK_FALSE(f.next_due());
  f.append("msg_1");
  CHECK(f.next_due() == kStart);
  f.delivered(f.due().at(0));
  CHECK_FALSE(f.next_due());
  CHECK(f.due(kStart + kMinute).empty());
  CHECK(f.vault->check().empty());
}

TEST_CASE("due deliveries come soonest first and no more than asked for", "[outbox]") {
  OutboxFixture f;
  f.append("msg_late", "ca_1", "expired", kStart + kMinute);
  f.append("msg_soon", "ca_2", "expired", kStart);
  CHECK(f.due_events(kStart + kMinute) == Ids{"msg_soon", "msg_late"});
  CHECK(f.due(kStart + kMinute, 1).size() == 1);
  CHECK(f.due_events(kStart) == Ids{"msg_soon"});
}

TEST_CASE("events are listed newest first, by account and by type", "[outbox]") {
  OutboxFixture f;
  f.append("msg_1", "ca_1", "expired");
  f.append("msg_2", "ca_2", "expired");
  f.append("msg_3", "ca_1", "other");
  CHECK(f.events({}) == Ids{"msg_3", "msg_2", "msg_1"});
  CHECK(f.events({ConnectionId("ca_1"), "", 50}) == Ids{"msg_3", "msg_1"});
  CHECK(f.events({std::nullopt, "expired", 50}) == Ids{"msg_2", "msg_1"});
  CHECK(f.events({ConnectionId("ca_1"), "expired", 50}) == Ids{"msg_1"});
  CHECK(f.events({std::nullopt, "", 1}) == Ids{"msg_3"});
  CHECK(f.events({ConnectionId("' OR 1=1 --"), "", 50}).empty());
}

TEST_CASE("a removed subscription's deliveries end, and their numbers name no other", "[outbox]") {
  OutboxFixture f;
  f.subscribe("ws_2");
  f.append("msg_1");
  const std::vector<Delivery> before = f.due();
  REQUIRE(before.size() == 2);
  f.vault.write([](WriteTransaction& tx) { subscription_store::remove(tx, SubscriptionId("ws_2")); });
  CHECK(f.due().size() == 1);
  f.append("msg_2", "ca_2");
  // The answer to what was on its way to the removed one arrives.
  f.delivered(before[1]);
  CHECK(f.due_events() == Ids{"msg_1", "msg_2"});
}

TEST_CASE("an edited delivery fails alone and holds up nobody", "[outbox][tamper]") {
  const std::string change = GENERATE(as<std::string>(), "attempt = 9", "next_attempt_at_ms = 1",
                                      "next_attempt_at_ms = 9999999999999", "http_status = 200",
                                      "failure = 'x'", "event_id = 'msg_3'", "mac = zeroblob(32)");
  CAPTURE(change);
  OutboxFixture f;
  f.append("msg_1", "ca_1");
  f.append("msg_2", "ca_1");
  f.append("msg_3", "ca_2");
  f.edit("UPDATE delivery SET " + change + " WHERE event_id = 'msg_1'");
  CHECK(f.due_events() == Ids{"msg_3"});
  CHECK(f.end_broken() == 1);
  CHECK(f.end_broken() == 0);
  CHECK(f.due_events() == Ids{"msg_2", "msg_3"});
  CHECK(f.next_due() == kStart);
  CHECK(f.env.log_text.find("delivery 1") != std::string::npos);
  CHECK(f.check_names("delivery 1"));
}

TEST_CASE("a delivery led to another subscription or account is not made", "[outbox][tamper]") {
  const std::string change =
      GENERATE(as<std::string>(), "subscription_id = 'ws_2'", "connection_id = 'ca_2'");
  CAPTURE(change);
  OutboxFixture f;
  f.append("msg_1", "ca_1");
  f.edit("UPDATE delivery SET " + change);
  CHECK(f.due().empty());
  CHECK_FALSE(f.next_due());
}

TEST_CASE("an edited event is neither delivered nor listed", "[outbox][tamper]") {
  const std::string change =
      GENERATE(as<std::string>(), "type = 'other'", "connection_id = 'ca_x'", "created_at_ms = 1",
               "data_key_id = 9", "body_sealed = (SELECT o.body_sealed FROM event AS o WHERE o.id = 'msg_2')",
               "mac = (SELECT o.mac FROM event AS o WHERE o.id = 'msg_2')");
  CAPTURE(change);
  OutboxFixture f;
  f.append("msg_1", "ca_1");
  f.append("msg_2", "ca_1");
  f.edit("UPDATE event SET " + change + " WHERE id = 'msg_1'");
  CHECK(f.due().empty());
  CHECK(f.end_broken() == 1);
  CHECK(f.due_events() == Ids{"msg_2"});
  CHECK(f.events({}) == Ids{"msg_2"});
  CHECK(f.check_names("msg_1"));
}

TEST_CASE("what is sound is not ended with what is broken", "[outbox]") {
  OutboxFixture f;
  f.append("msg_1");
  CHECK(f.end_broken() == 0);
  CHECK(f.due_events() == Ids{"msg_1"});
}

struct PruneFixture : OutboxFixture {
  // Four events, a day apart, each delivered.
  PruneFixture() {
    for (int day = 1; day <= 4; ++day) {
      append("msg_" + std::to_string(day), "ca_1", "expired", kStart + std::chrono::hours(24 * day));
      delivered(due(kStart + std::chrono::hours(24 * day)).at(0));
    }
  }
  std::int64_t prune(Retention keep) {
    return vault.write([&](WriteTransaction& tx) { return outbox::prune(tx, keep); });
  }
  static Timestamp day(int number) { return kStart + std::chrono::hours(24 * number); }
};

TEST_CASE("events that are too old go with their deliveries, oldest first and a few at a time", "[outbox]") {
  PruneFixture f;
  CHECK(f.prune({.since = f.day(3), .most = 100, .at_once = 1}) == 1);
  CHECK(f.events({}) == Ids{"msg_4", "msg_3", "msg_2"});
  CHECK(f.prune({.since = f.day(3), .most = 100}) == 1);
  CHECK(f.prune({.since = f.day(3), .most = 100}) == 0);
  CHECK(f.events({}) == Ids{"msg_4", "msg_3"});
  CHECK(f.ask("SELECT count(*) FROM delivery") == "2");
  CHECK(f.vault->check().empty());
}

TEST_CASE("of many events the newest are kept", "[outbox]") {
  PruneFixture f;
  CHECK(f.prune({.since = kStart, .most = 3}) == 1);
  CHECK(f.events({}) == Ids{"msg_4", "msg_3", "msg_2"});
  CHECK(f.prune({.since = kStart, .most = 3}) == 0);
}

TEST_CASE("an event that is still to be delivered is kept, however old", "[outbox]") {
  PruneFixture f;
  f.append("msg_open");
  f.append("msg_last", "ca_2");
  f.vault.write([](WriteTransaction& tx) { outbox::mark_dead(tx, 6, 10, "HTTP 500", kStart); });
  CHECK(f.prune({.since = f.day(9), .most = 100}) == 4);
  CHECK(f.events({}) == Ids{"msg_last", "msg_open"});  // the last delivery's number must not come again
  CHECK(f.due_events() == Ids{"msg_open"});
  CHECK(f.vault->check().empty());
}

TEST_CASE("what fails authentication is not removed with what is old", "[outbox][tamper]") {
  PruneFixture f;
  const std::string edit =
      GENERATE(as<std::string>(), "UPDATE event SET created_at_ms = 1 WHERE id = 'msg_3'",
               "UPDATE delivery SET attempt = 7 WHERE event_id = 'msg_3'");
  CAPTURE(edit);
  f.edit(edit);
  f.prune({.since = f.day(9), .most = 100});
  CHECK(f.ask("SELECT group_concat(id) FROM event") == "msg_3,msg_4");
  CHECK(f.vault->check().size() == 1);
}

TEST_CASE("events whose deliveries fail authentication do not hold up those behind them",
          "[outbox][tamper]") {
  PruneFixture f;
  f.run("UPDATE delivery SET attempt = 7 WHERE event_id IN ('msg_1', 'msg_2')");
  CHECK(f.prune({.since = f.day(9), .most = 100, .at_once = 1}) == 1);
  CHECK(f.ask("SELECT group_concat(id) FROM event") == "msg_1,msg_2,msg_4");
  CHECK(f.prune({.since = f.day(9), .most = 100, .at_once = 1}) == 0);
}

TEST_CASE("no event body stands in the file", "[outbox]") {
  OutboxFixture f;
  f.vault.write([](WriteTransaction& tx) {
    outbox::append(tx, {"msg_1", "expired", ConnectionId("ca_1"), R"({"user":"to-look-for"})", kStart});
  });
  const std::string all = f.bytes();
  CHECK(all.find("msg_1") != std::string::npos);
  CHECK(all.find("to-look-for") == std::string::npos);
}

}  // namespace
}  // namespace coffer
