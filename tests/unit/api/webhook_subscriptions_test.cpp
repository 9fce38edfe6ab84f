#include "tests/unit/api/api_world.h"
#include "vault/events/previous_secret.h"
#include "vault/store/subscription_store.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

const std::string kUrl = "https://app.example.com/hook";

Json subscription_body() {
  return {
      {"webhook_url", kUrl}, {"enabled_events", {"composio.connected_account.expired"}}, {"version", "V3"}};
}

}  // namespace

TEST_CASE("a subscription shows its secret when it is made, and then never again") {
  ApiWorld world;
  const Answer made = world.post("/webhook_subscriptions", subscription_body());
  REQUIRE(made.status == 201);
  require_fields(made.body,
                 {"id", "webhook_url", "version", "enabled_events", "secret", "created_at", "updated_at"});
  CHECK(made["id"].get<std::string>().starts_with("ws_"));
  const std::string secret = made["secret"];
  CHECK(secret.starts_with("whsec_"));
  const std::string path = "/webhook_subscriptions/" + made["id"].get<std::string>();
  const Answer page = world.get("/webhook_subscriptions?limit=1");
  require_page(page, 1);
  CHECK(page["items"][0].at("webhook_url") == kUrl);
  for (const std::string& text :
       {page.text, world.get(path).text, world.patch(path, subscription_body()).text}) {
    CHECK(text.find(secret) == std::string::npos);
  }
}

TEST_CASE("rotating gives a new secret and keeps the old one for a day") {
  ApiWorld world;
  const Answer made = world.post("/webhook_subscriptions", subscription_body());
  const std::string id = made["id"];
  const Answer rotated = world.post("/webhook_subscriptions/" + id + "/rotate_secret", Json::object());
  REQUIRE(rotated.status == 200);
  CHECK(rotated["id"] == id);
  CHECK(rotated["secret"] != made["secret"]);
  const auto stored = subscription_store::find(*world.engine().database().read(), SubscriptionId(id));
  CHECK(stored->secret.expose() == rotated["secret"].get<std::string>());
  const Timestamp now = world.outside().clock.now();
  const auto previous_at = [&](Timestamp when) {
    return std::string(
        previous_secret::find(*world.engine().database().read(), SubscriptionId(id), when).expose());
  };
  CHECK(previous_at(now) == made["secret"].get<std::string>());
  CHECK(previous_at(now + std::chrono::hours(24)).empty());
}

TEST_CASE("updating a subscription changes what is named and keeps the secret") {
  ApiWorld world;
  const Answer made = world.post("/webhook_subscriptions", subscription_body());
  const std::string path = "/webhook_subscriptions/" + made["id"].get<std::string>();
  const Answer changed = world.patch(path, {{"webhook_url", "http://127.0.0.1:3000/hook"}});
  REQUIRE(changed.status == 200);
  CHECK(changed["webhook_url"] == "http://127.0.0.1:3000/hook");
  CHECK(changed["enabled_events"] == Json::array({"composio.connected_account.expired"}));
  const auto stored = subscription_store::find(*world.engine().database().read(),
                                               SubscriptionId(made["id"].get<std::string>()));
  CHECK(stored->secret.expose() == made["secret"].get<std::string>());
}

TEST_CASE("a subscription cannot get a version that does not have its events") {
  ApiWorld world;
  const Answer made = world.post("/webhook_subscriptions", subscription_body());
  const std::string path = "/webhook_subscriptions/" + made["id"].get<std::string>();
  require_error(world.patch(path, {{"version", "V1"}}), 400, "composio.connected_account.expired");
  CHECK(world.get(path)["version"] == "V3");
  CHECK(world.patch(path, {{"version", "V1"}, {"enabled_events", {"composio.trigger.message"}}}).status ==
        200);
}

TEST_CASE("a subscription that cannot be is refused by the name of what is wrong") {
  ApiWorld world;
  const auto refuse = [&](Json change, const char* fragment) {
    Json body = subscription_body();
    body.update(change);
    require_error(world.post("/webhook_subscriptions", body), 400, fragment);
  };
  refuse({{"webhook_url", nullptr}}, "webhook_url");
  refuse({{"webhook_url", "app.example.com"}}, "webhook_url");
  refuse({{"webhook_url", "ftp://app.example.com/"}}, "webhook_url");
  refuse({{"webhook_url", "https://app.example.com:0/hook"}}, "port 0");
  refuse({{"webhook_url", "https://user:pass@app.example.com/"}}, "webhook_url");
  refuse({{"enabled_events", Json::array()}}, "enabled_events");
  refuse({{"enabled_events", {"something.else"}}}, "something.else");
  refuse({{"version", "V9"}}, "version");
  refuse({{"version", "V1"}}, "version");
  require_page(world.get("/webhook_subscriptions"), 0);
}

TEST_CASE("a URL that nothing can be delivered to is refused, and the reason told") {
  ApiWorld world;
  const auto [url, reason] = GENERATE(table<std::string, std::string>({
      {"http://app.example.com/hook", "uses http beyond this computer"},
      {"http://10.0.0.7/hook", "uses http beyond this computer"},
      {"https://10.0.0.7/hook", "leads to a private address"},
      {"https://169.254.169.254/latest", "leads to a private address"},
      {"https://[fd00::1]/hook", "leads to a private address"},
      {"https://user@app.example.com/hook", "without user information"},
      {"ws://app.example.com/hook", "http or https"},
      {"https://app.example.com/" + std::string(2048, 'a'), "2048 bytes"},
  }));
  CAPTURE(url);
  Json body = subscription_body();
  const Answer made = world.post("/webhook_subscriptions", body);
  body["webhook_url"] = url;
  require_error(world.post("/webhook_subscriptions", body), 400, reason);
  const std::string path = "/webhook_subscriptions/" + made["id"].get<std::string>();
  const Answer refused = world.patch(path, {{"webhook_url", url}});
  require_error(refused, 400, reason);
  CHECK(refused.text.find("webhook_url") != std::string::npos);
  CHECK(world.get(path)["webhook_url"] == kUrl);
}

TEST_CASE("a deleted subscription is absent") {
  ApiWorld world;
  const std::string path = "/webhook_subscriptions/" +
                           world.post("/webhook_subscriptions", subscription_body())["id"].get<std::string>();
  CHECK(world.remove(path).body == Json({{"success", true}}));
  require_error(world.get(path), 404, "ws_");
  require_error(world.remove(path), 404, "ws_");
  require_error(world.patch(path, subscription_body()), 404, "ws_");
  require_error(world.post(path + "/rotate_secret", Json::object()), 404, "ws_");
}

TEST_CASE("subscriptions of the command line are hidden from SDKs") {
  ApiWorld world;
  Subscription hidden;
  hidden.id = SubscriptionId("ws_hidden000000");
  hidden.url = kUrl;
  hidden.secret = Secret("whsec_x");
  hidden.events = {std::string(kExpiredEvent)};
  hidden.is_hidden = true;
  auto tx = world.engine().database().write();
  subscription_store::insert(*tx, hidden);
  tx->commit();
  tx.reset();
  require_page(world.get("/webhook_subscriptions"), 0);
  require_error(world.get("/webhook_subscriptions/ws_hidden000000"), 404, "ws_hidden");
  require_error(world.remove("/webhook_subscriptions/ws_hidden000000"), 404, "ws_hidden");
}

TEST_CASE("the number of subscriptions is bounded") {
  ApiWorld world;
  for (int i = 0; i < 20; ++i)
    REQUIRE(world.post("/webhook_subscriptions", subscription_body()).status == 201);
  require_error(world.post("/webhook_subscriptions", subscription_body()), 400, "20");
}

TEST_CASE("the event types name the versions that have them") {
  ApiWorld world;
  const Answer answer = world.get("/webhook_subscriptions/event_types");
  REQUIRE(answer.status == 200);
  REQUIRE(answer["items"].size() == 3);
  for (const Json& item : answer["items"])
    require_fields(item, {"event_type", "description", "supported_versions.0"});
  CHECK(answer["items"][0].at("event_type") == "composio.connected_account.expired");
  CHECK(answer["items"][0].at("supported_versions") == Json::array({"V3"}));
}
