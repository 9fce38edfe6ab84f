#include "vault/api/admin/subscriptions.h"

#include <nlohmann/json.hpp>

#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/events/webhook_secret.h"
#include "vault/store/subscription_store.h"

namespace coffer::api {
namespace {

std::vector<std::string> event_types(const Json& body) {
  const auto found = body.find("events");
  if (found == body.end()) return {std::string(kExpiredEvent)};
  if (!found->is_array() || found->empty()) {
    throw Error(ErrorCode::InvalidArgument, "\"events\" is not a list of event types");
  }
  std::vector<std::string> types;
  for (const Json& type : *found) {
    if (!type.is_string())
      throw Error(ErrorCode::InvalidArgument, "\"events\" holds something that is not text");
    types.push_back(type.get<std::string>());
  }
  return types;
}

ServerResponse create(Engine& engine, const ServerRequest& request) {
  const Json body = parse_json(request.body);
  const std::string url = body.is_object() ? body.value("url", "") : "";
  if (!origin_of(url)) {
    throw Error(ErrorCode::InvalidArgument, "\"url\" is not an http(s) URL",
                "name where deliveries shall go");
  }
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
