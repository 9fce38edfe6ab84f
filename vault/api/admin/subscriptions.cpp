#include "vault/api/admin/subscriptions.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/api/wire/body.h"
#include "vault/api/wire/tampered_deletion.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/events/listeners.h"
#include "vault/events/previous_secret.h"
#include "vault/events/subscription_rules.h"
#include "vault/events/webhook_secret.h"
#include "vault/store/subscription_store.h"

namespace coffer::api {
namespace {

std::vector<std::string> wanted_events(const ObjectReader& body) {
  if (!body.has("events")) return {std::string(kExpiredEvent)};
  std::vector<std::string> names = body.texts("events");
  if (names.empty()) body.fail("events", "is empty");
  for (const std::string& name : names) {
    if (find_event_type(name) != nullptr) continue;
    body.fail("events", "holds " + in_quotes(name) + ", which is no event type",
              "GET /api/v3/webhook_subscriptions/event_types lists them");
  }
  return names;
}

// Whether a listener is still there can be told of this computer alone.
std::string listener_url(const ObjectReader& body) {
  std::string url = body.text("url");
  if (const auto fault = webhook_url_fault(url)) {
    body.fail("url", *fault, "name where deliveries shall go");
  }
  if (!is_loopback_host(*host_of(url))) {
    body.fail("url", "is not on this computer",
              "use POST /api/v3/webhook_subscriptions for a receiver elsewhere");
  }
  return url;
}

void refuse_too_many(Transaction& tx) {
  const auto all = subscription_store::list(tx, true);
  const auto hidden =
      std::count_if(all.begin(), all.end(), [](const Subscription& s) { return s.is_hidden; });
  if (hidden < static_cast<std::ptrdiff_t>(listeners::kMost)) return;
  throw Error(ErrorCode::InvalidArgument,
              "there are " + std::to_string(listeners::kMost) + " listeners already",
              "end a `coffer listen`; GET /_coffer/subscriptions lists them, DELETE "
              "/_coffer/subscriptions/{id} ends one");
}

ServerResponse create(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  Subscription subscription;
  subscription.url = listener_url(body);
  subscription.events = wanted_events(body);
  subscription.id = SubscriptionId(random_id(engine.env().random, "ws_"));
  subscription.secret = new_webhook_secret(engine.env().random);
  subscription.is_hidden = true;
  subscription.created_at = subscription.updated_at = engine.env().clock.now();
  listeners::end_gone(engine.env(), engine.database());
  const auto tx = engine.database().write();
  refuse_too_many(*tx);
  subscription_store::insert(*tx, subscription);
  tx->commit();
  return ServerResponse::json(
      201, dump_json({{"id", subscription.id.str()}, {"secret", subscription.secret.expose()}}));
}

ServerResponse list(Engine& engine, const ServerRequest&) {
  Json items = Json::array();
  for (const Subscription& found : subscription_store::list(*engine.database().read(), true)) {
    items.push_back({{"id", found.id.str()},
                     {"url", found.url},
                     {"events", found.events},
                     {"hidden", found.is_hidden},
                     {"enabled", found.is_enabled},
                     {"created_at", to_rfc3339(found.created_at)}});
  }
  return ServerResponse::json(200, dump_json({{"items", std::move(items)}}));
}

void require_hidden(Transaction& tx, const SubscriptionId& id) {
  const auto found = subscription_store::find(tx, id);
  if (found && found->is_hidden) return;
  throw Error(ErrorCode::NotFound, "subscription " + in_quotes(id.str()) + " does not exist",
              "GET /_coffer/subscriptions lists them");
}

// One that fails authentication can go, whatever it says that it is.
ServerResponse remove(Engine& engine, const ServerRequest& request) {
  const SubscriptionId id(request.param("id"));
  const auto tx = engine.database().write();
  allow_tampered_deletion(*tx, engine.env().clock.now(), "webhook subscription " + id.str(),
                          [&] { require_hidden(*tx, id); });
  subscription_store::remove(*tx, id);
  previous_secret::forget(*tx, id);
  tx->commit();
  return ServerResponse::json(200, R"({"success":true})");
}

}  // namespace

void add_hidden_subscription_routes(Router& router, Engine& engine, const Guard& guard) {
  router.add("POST", "/_coffer/subscriptions",
             with_api_key(guard, "api",
                          [&engine](const ServerRequest& request) { return create(engine, request); }));
  router.add(
      "GET", "/_coffer/subscriptions",
      with_api_key(guard, "api", [&engine](const ServerRequest& request) { return list(engine, request); }));
  router.add("DELETE", "/_coffer/subscriptions/:id",
             with_api_key(guard, "api",
                          [&engine](const ServerRequest& request) { return remove(engine, request); }));
}

}  // namespace coffer::api
