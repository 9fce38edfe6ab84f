#include "vault/api/admin/subscriptions.h"

#include <nlohmann/json.hpp>

#include "vault/api/wire/body.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/events/webhook_secret.h"
#include "vault/store/subscription_store.h"

namespace coffer::api {
namespace {

std::vector<std::string> event_types(const ObjectReader& body) {
  if (!body.has("events")) return {std::string(kExpiredEvent)};
  std::vector<std::string> types = body.texts("events");
  if (types.empty()) body.fail("events", "is empty");
  return types;
}

ServerResponse create(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const std::string url = body.text("url");
  if (!origin_of(url)) body.fail("url", "is not an http(s) URL", "name where deliveries shall go");
  Subscription subscription;
  subscription.id = SubscriptionId(random_id(engine.env().random, "ws_"));
  subscription.url = url;
  subscription.secret = new_webhook_secret(engine.env().random);
  subscription.events = event_types(body);
  subscription.is_hidden = true;
  subscription.created_at = subscription.updated_at = engine.env().clock.now();
  const auto tx = engine.database().write();
  subscription_store::insert(*tx, subscription);
  tx->commit();
  return ServerResponse::json(
      201, dump_json({{"id", subscription.id.str()}, {"secret", subscription.secret.expose()}}));
}

ServerResponse remove(Engine& engine, const ServerRequest& request) {
  const SubscriptionId id(request.param("id"));
  const auto tx = engine.database().write();
  const auto found = subscription_store::find(*tx, id);
  if (!found || !found->is_hidden) {
    throw Error(ErrorCode::NotFound, "subscription \"" + id.str() + "\" does not exist");
  }
  subscription_store::remove(*tx, id);
  tx->commit();
  return ServerResponse::json(200, R"({"success":true})");
}

}  // namespace

void add_hidden_subscription_routes(Router& router, Engine& engine, const Guard& guard) {
  router.add("POST", "/_coffer/subscriptions",
             with_api_key(guard, "api",
                          [&engine](const ServerRequest& request) { return create(engine, request); }));
  router.add("DELETE", "/_coffer/subscriptions/:id",
             with_api_key(guard, "api",
                          [&engine](const ServerRequest& request) { return remove(engine, request); }));
}

}  // namespace coffer::api
