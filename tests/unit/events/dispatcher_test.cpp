#include "vault/events/dispatcher.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <future>
#include <set>
#include <thread>

#include "tests/support/flaky_database.h"
#include "tests/support/temp_vault.h"
#include "vault/crypto/signature.h"
#include "vault/events/previous_secret.h"
#include "vault/events/webhook_secret.h"
#include "vault/store/outbox.h"
#include "vault/store/sql_query.h"
#include "vault/store/subscription_store.h"

using namespace coffer;
using coffer::testing::FlakyDatabase;
using coffer::testing::make_connection;
using coffer::testing::ScriptedHttp;
using coffer::testing::TempVault;
using coffer::testing::TestEnv;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

struct Mailbox : TestEnv {
  Mailbox() {
    vault.write([&](auto& tx) {
      for (const char* id : {"ca_1", "ca_2"}) connection_store::insert(tx, make_connection(id));
    });
  }

  SubscriptionId subscribe(const std::string& id = "ws_1",
                           const std::string& url = "https://app.example/hook") {
    Subscription subscription;
    subscription.id = SubscriptionId(id);
    subscription.url = url;
    subscription.secret = new_webhook_secret(random);
    secret = std::string(subscription.secret.expose());
    subscription.events = {std::string(kExpiredEvent)};
    subscription.created_at = subscription.updated_at = clock.now();
    vault.write([&](auto& tx) { subscription_store::insert(tx, subscription); });
    return subscription.id;
  }
  void append(const std::string& id, const std::string& connection = "ca_1") {
    const Event event{id, std::string(kExpiredEvent), ConnectionId(connection), R"({"id":")" + id + "\"}",
                      clock.now()};
    vault.write([&](auto& tx) { outbox::append(tx, event); });
  }
  void listen(const std::string& id) {
    const auto made = subscribe(id, "http://127.0.0.1:4321/");
    vault.write([&](auto& tx) {
      auto listener = *subscription_store::find(tx, made);
      listener.is_hidden = true;
      subscription_store::update(tx, listener);
    });
  }
  bool exists(const std::string& id) {
    return vault.read([&](auto& tx) { return subscription_store::find(tx, SubscriptionId(id)).has_value(); });
  }
  bool is_enabled(const SubscriptionId& id) {
    return vault.read([&](auto& tx) { return subscription_store::find(tx, id)->is_enabled; });
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> out;
    for (const auto& request : http.seen()) out.emplace_back(header_value(request.headers, "webhook-id"));
    return out;
  }
  std::string last_attempt() const {
    return std::string(header_value(http.seen().back().headers, "x-composio-delivery-attempt"));
  }

  TempVault vault{*this};
  FlakyDatabase flaky{vault.database()};
  std::string secret;
  Dispatcher dispatcher{env(), flaky};
};

// Answers 200, but holds back what goes to "slow" until released.
struct TwoReceivers : HttpClient {
  HttpResult send(const HttpRequest& request) override {
    if (request.url.find("slow") != std::string::npos) {
      const int now = ++slow_now;
      int most = most_slow;
      while (now > most && !most_slow.compare_exchange_weak(most, now)) {
      }
      gate.wait();
      --slow_now;
    } else {
      was_delivered.set_value();
    }
    HttpResponse response;
    response.status = 200;
    return response;
  }
  std::promise<void> release, was_delivered;
  std::shared_future<void> gate = release.get_future().share();
  std::atomic<int> slow_now = 0, most_slow = 0;
};

// Passes everything on; one read transaction, when told, lasts until it is released.
class HeldReads final : public Database {
 public:
  explicit HeldReads(Database& real) : real_(real) {}
  std::unique_ptr<ReadTransaction> read() override {
    if (!is_holding_.exchange(false)) return real_.read();
    return std::make_unique<Held>(real_.read(), *this);
  }
  std::unique_ptr<WriteTransaction> write() override { return real_.write(); }
  void checkpoint(bool truncate) override { real_.checkpoint(truncate); }
  std::string write_fault() override { return real_.write_fault(); }
  std::string vault_uuid() const override { return real_.vault_uuid(); }
  int schema_version() const override { return real_.schema_version(); }
  std::vector<std::string> check() override { return real_.check(); }
  void hold_next_read() { is_holding_ = true; }

  std::promise<void> was_read, release;

 private:
  struct Held final : ReadTransaction {
    Held(std::unique_ptr<ReadTransaction> real, HeldReads& owner) : real_(std::move(real)), owner_(owner) {}
    ~Held() override {
      real_.reset();
      owner_.was_read.set_value();
      owner_.release.get_future().wait();
    }
    sqlite3_stmt* prepare(const char* sql) override { return real_->prepare(sql); }
    const Keyring& keys() const override { return real_->keys(); }
    Log& log() const override { return real_->log(); }

    std::unique_ptr<ReadTransaction> real_;
    HeldReads& owner_;
  };

  Database& real_;
  std::atomic<bool> is_holding_ = false;
};

}  // namespace

TEST_CASE_METHOD(Mailbox, "an event is delivered once, with a signature that fits", "[events]") {
  subscribe();
  append("msg_1");
  http.answer(204, "");
  CHECK(dispatcher.run_due() == std::nullopt);
  REQUIRE(http.seen().size() == 1);
  const ScriptedHttp::Seen request = http.seen().front();
  CHECK(request.url == "https://app.example/hook");
  CHECK(request.body == R"({"id":"msg_1"})");
  CHECK(last_attempt() == "1");
  const std::int64_t timestamp = std::stoll(std::string(header_value(request.headers, "webhook-timestamp")));
  CHECK(verify_webhook_signature(header_value(request.headers, "webhook-signature"), secret, "msg_1",
                                 timestamp, request.body));
  CHECK(dispatcher.run_due() == std::nullopt);
  CHECK(http.seen().size() == 1);
  CHECK(log_text.find(secret.substr(6)) == std::string::npos);
}

TEST_CASE_METHOD(Mailbox, "the timestamp is real time even where the vault's clock was moved", "[events]") {
  clock.advance(hours(24 * 400));
  subscribe();
  append("msg_1");
  http.answer(200, "");
  dispatcher.run_due();
  const std::int64_t timestamp =
      std::stoll(std::string(header_value(http.seen().at(0).headers, "webhook-timestamp")));
  CHECK(std::abs(timestamp - to_ms(SystemClock().now()) / 1000) < 60);
}

TEST_CASE_METHOD(Mailbox, "a receiver that fails is tried ten times, then the event is dead", "[events]") {
  const std::vector<Duration> waits{seconds(5), minutes(5), minutes(30), hours(2), hours(5),
                                    hours(10),  hours(14),  hours(20),   hours(24)};
  subscribe();
  append("msg_1");
  for (std::size_t attempt = 1; attempt <= 10; ++attempt) {
    http.answer(500, "");
    const auto next = dispatcher.run_due();
    REQUIRE(http.seen().size() == attempt);
    CHECK(last_attempt() == std::to_string(attempt));
    if (attempt == 10) {
      CHECK(next == std::nullopt);
      break;
    }
    REQUIRE(next);
    CHECK(*next - clock.now() >= waits[attempt - 1] * 8 / 10);
    CHECK(*next - clock.now() <= waits[attempt - 1] * 12 / 10);
    clock.set(*next - Duration(1));
    CHECK(dispatcher.run_due() == next);
    clock.set(*next);
  }
  CHECK(ids() == std::vector<std::string>(10, "msg_1"));
}

TEST_CASE_METHOD(Mailbox, "a receiver that asks for time gets it", "[events]") {
  subscribe();
  append("msg_1");
  http.answer(503, "", {{"Retry-After", "3600"}});
  CHECK(dispatcher.run_due() == clock.now() + hours(1));
}

TEST_CASE_METHOD(Mailbox, "events of one account keep their order, other accounts do not wait", "[events]") {
  subscribe();
  append("msg_1", "ca_1");
  append("msg_2", "ca_1");
  append("msg_3", "ca_2");
  http.answer_with([](const HttpRequest& request) -> HttpResult {
    HttpResponse response;
    response.status = header_value(request.headers, "webhook-id") == "msg_1" ? 500 : 200;
    return response;
  });
  http.answer_with([](const HttpRequest& request) -> HttpResult {
    HttpResponse response;
    response.status = header_value(request.headers, "webhook-id") == "msg_1" ? 500 : 200;
    return response;
  });
  const auto next = dispatcher.run_due();
  auto first = ids();
  std::sort(first.begin(), first.end());
  CHECK(first == std::vector<std::string>{"msg_1", "msg_3"});
  REQUIRE(next);
  clock.set(*next);
  http.answer(200, "");
  http.answer(200, "");
  CHECK(dispatcher.run_due() == std::nullopt);
  const auto all = ids();
  REQUIRE(all.size() == 4);
  CHECK(all[2] == "msg_1");
  CHECK(all[3] == "msg_2");
}

TEST_CASE_METHOD(Mailbox, "a dead event makes way for the next one of its account", "[events]") {
  subscribe();
  append("msg_1");
  append("msg_2");
  for (int i = 0; i < 10; ++i) http.answer(500, "");
  http.answer(200, "");
  for (int rounds = 0; rounds < 20; ++rounds) {
    const auto next = dispatcher.run_due();
    if (!next) break;
    clock.set(*next);
  }
  CHECK(http.seen().size() == 11);
  CHECK(ids().back() == "msg_2");
}

TEST_CASE_METHOD(Mailbox, "a delivery that was edited fails alone, and the order of the rest is kept",
                 "[events]") {
  const std::string edit = GENERATE(as<std::string>(), "UPDATE delivery SET attempt = 3 WHERE id = 1",
                                    "UPDATE delivery SET next_attempt_at_ms = 9000000000000 WHERE id = 1",
                                    "UPDATE event SET created_at_ms = 1 WHERE id = 'msg_1'",
                                    "DELETE FROM event WHERE id = 'msg_1'");
  CAPTURE(edit);
  subscribe();
  append("msg_1");
  append("msg_2");
  append("msg_3");
  vault.write([&](auto& tx) { REQUIRE(SqlQuery(tx, edit).run() == 1); });
  http.answer(200, "");
  http.answer(200, "");
  CHECK(dispatcher.run_due() == std::nullopt);
  CHECK(ids() == std::vector<std::string>{"msg_2", "msg_3"});
  CHECK(log_text.find("tampered_row") != std::string::npos);
  if (edit.starts_with("UPDATE")) CHECK_FALSE(vault->check().empty());
}

TEST_CASE_METHOD(Mailbox, "a delivery that is edited while the daemon runs fails alone too", "[events]") {
  subscribe();
  CHECK(dispatcher.run_due() == std::nullopt);
  append("msg_1");
  append("msg_2");
  vault.write([](auto& tx) { SqlQuery(tx, "UPDATE delivery SET attempt = 3 WHERE id = 1").run(); });
  http.answer(200, "");
  CHECK(dispatcher.run_due() == std::nullopt);
  CHECK(ids() == std::vector<std::string>{"msg_2"});
}

TEST_CASE_METHOD(Mailbox, "410 switches the subscription off, and what was open for it ends", "[events]") {
  const auto id = subscribe();
  append("msg_1");
  append("msg_2");
  http.answer(410, "");
  CHECK(dispatcher.run_due() == std::nullopt);
  CHECK_FALSE(is_enabled(id));
  CHECK(http.seen().size() == 1);
  append("msg_3");
  CHECK(dispatcher.run_due() == std::nullopt);
  CHECK(http.seen().size() == 1);
}

TEST_CASE_METHOD(Mailbox, "a subscription that its receiver ended is told once, with the way back",
                 "[events]") {
  subscribe();
  append("msg_1");
  append("msg_2");
  http.answer(410, "");
  dispatcher.run_due();
  const std::size_t told = log_text.find("webhook_subscription_disabled");
  REQUIRE(told != std::string::npos);
  CHECK(log_text.find("webhook_subscription_disabled", told + 1) == std::string::npos);
  CHECK(log_text.find("PATCH /api/v3/webhook_subscriptions/ws_1", told) != std::string::npos);
}

TEST_CASE_METHOD(Mailbox, "a subscription that was edited ends its own deliveries and holds up nobody",
                 "[events]") {
  subscribe("ws_bad", "https://bad.example/");
  subscribe("ws_1", "https://good.example/");
  append("msg_1");
  append("msg_2");
  vault.write(
      [](auto& tx) { SqlQuery(tx, "UPDATE subscription SET updated_at_ms = 1 WHERE id = 'ws_bad'").run(); });
  http.answer(200, "");
  http.answer(200, "");
  CHECK(dispatcher.run_due() == std::nullopt);
  CHECK(ids() == std::vector<std::string>{"msg_1", "msg_2"});
  CHECK(http.seen().back().url == "https://good.example/");
  CHECK(log_text.find("ws_bad") != std::string::npos);
  CHECK(vault->check().size() == 1);
}

TEST_CASE_METHOD(Mailbox, "an edited secret from before a rotation is left out", "[events]") {
  const auto id = subscribe();
  vault.write([&](auto& tx) { previous_secret::keep(tx, id, Secret("whsec_old"), clock.now()); });
  vault.write([](auto& tx) { SqlQuery(tx, "UPDATE document SET updated_at_ms = 1").run(); });
  append("msg_1");
  http.answer(200, "");
  CHECK(dispatcher.run_due() == std::nullopt);
  CHECK(ids() == std::vector<std::string>{"msg_1"});
}

TEST_CASE_METHOD(Mailbox, "a listener that was killed is forgotten at its first delivery, a receiver is not",
                 "[events]") {
  listen("ws_listener");
  subscribe("ws_1");
  append("msg_1");
  const auto next = dispatcher.run_due();  // nobody is there, at neither
  CHECK(next);
  CHECK_FALSE(exists("ws_listener"));
  CHECK(exists("ws_1"));
}

TEST_CASE_METHOD(Mailbox, "a listener that answers is kept, whatever it answers", "[events]") {
  listen("ws_listener");
  append("msg_1");
  http.answer(500, "");
  CHECK(dispatcher.run_due());
  CHECK(exists("ws_listener"));
}

TEST_CASE_METHOD(Mailbox, "a listener whose tries are used up is forgotten", "[events]") {
  listen("ws_listener");
  append("msg_1");
  for (int i = 0; i < 10; ++i) {
    http.answer(500, "");
    if (const auto next = dispatcher.run_due()) clock.set(*next);
  }
  CHECK_FALSE(exists("ws_listener"));
}

TEST_CASE_METHOD(Mailbox, "two rounds at once take an event once", "[events]") {
  subscribe();
  append("msg_1");
  for (int i = 0; i < 3; ++i) http.answer(200, "");
  HeldReads held(vault.database());
  Dispatcher both(env(), held);
  CHECK(both.run_due() == std::nullopt);  // looks at every open delivery, as the first round does
  append("msg_2");
  held.hold_next_read();
  std::thread first([&] { both.run_due(); });
  held.was_read.get_future().wait();
  // Has read what is due and not queued it yet. A second round may come through now only if nothing keeps
  // it from reading the same; the wait is what it gets for that.
  auto second = std::async(std::launch::async, [&] { both.run_due(); });
  second.wait_for(std::chrono::milliseconds(200));
  held.release.set_value();
  first.join();
  second.wait();
  CHECK(ids() == std::vector<std::string>{"msg_1", "msg_2"});
}

TEST_CASE_METHOD(Mailbox, "every subscription gets its own delivery", "[events]") {
  subscribe("ws_1", "https://a.example/");
  subscribe("ws_2", "https://b.example/");
  append("msg_1");
  http.answer(200, "");
  http.answer(200, "");
  dispatcher.run_due();
  std::set<std::string> urls;
  for (const auto& request : http.seen()) urls.insert(request.url);
  CHECK(urls == std::set<std::string>{"https://a.example/", "https://b.example/"});
}

TEST_CASE_METHOD(Mailbox, "a subscription that is gone gets nothing", "[events]") {
  const auto id = subscribe();
  append("msg_1");
  vault.write([&](auto& tx) { subscription_store::remove(tx, id); });
  CHECK(dispatcher.run_due() == std::nullopt);
  CHECK(http.seen().empty());
}

TEST_CASE_METHOD(Mailbox, "a delivery that could not be recorded is repeated under the same id", "[events]") {
  subscribe();
  append("msg_1");
  http.answer_with([&](const HttpRequest&) -> HttpResult {
    flaky.fail_next_writes(1);
    HttpResponse response;
    response.status = 200;
    return response;
  });
  const auto next = dispatcher.run_due();
  REQUIRE(next);
  CHECK(*next > clock.now());
  clock.set(*next);
  http.answer(200, "");
  CHECK(dispatcher.run_due() == std::nullopt);
  CHECK(ids() == std::vector<std::string>{"msg_1", "msg_1"});
}

TEST_CASE_METHOD(Mailbox, "a restart goes on where the last process stopped", "[events]") {
  subscribe();
  append("msg_1");
  http.answer(500, "");
  const auto next = dispatcher.run_due();
  Dispatcher successor(env(), vault.database());
  CHECK(successor.run_due() == next);
  clock.set(*next);
  http.answer(200, "");
  CHECK(successor.run_due() == std::nullopt);
  CHECK(last_attempt() == "2");
}

TEST_CASE_METHOD(Mailbox, "a slow receiver holds up nobody else", "[events]") {
  subscribe("ws_slow", "https://slow.example/");
  for (int i = 0; i < 10; ++i) {
    const std::string account = "ca_slow_" + std::to_string(i);
    vault.write([&](auto& tx) { connection_store::insert(tx, make_connection(account)); });
    append("msg_slow_" + std::to_string(i), account);
  }
  subscribe("ws_quick", "https://quick.example/");
  TwoReceivers receivers;
  Dispatcher other({clock, random, receivers, *log}, vault.database());
  other.start();
  SECTION("with an event that is due from the start") {}
  SECTION("with one that comes while the slow receiver hangs") {
    while (receivers.slow_now < 4) std::this_thread::yield();
  }
  append("msg_quick");
  other.wake();
  CHECK(receivers.was_delivered.get_future().wait_for(seconds(30)) == std::future_status::ready);
  receivers.release.set_value();
  other.stop();
  CHECK(receivers.most_slow <= 4);
}

TEST_CASE_METHOD(Mailbox, "stopping lets a delivery under way end and records it", "[events]") {
  subscribe();
  append("msg_1");
  std::promise<void> asked, release;
  http.answer_with([&](const HttpRequest&) -> HttpResult {
    asked.set_value();
    release.get_future().wait();
    HttpResponse response;
    response.status = 200;
    return response;
  });
  dispatcher.start();
  asked.get_future().wait();
  std::thread stopper([&] { dispatcher.stop(); });
  release.set_value();
  stopper.join();
  CHECK(vault.read([](auto& tx) { return outbox::next_due(tx); }) == std::nullopt);
}
