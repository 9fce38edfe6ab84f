#include <nlohmann/json.hpp>

#include "vault/api/v3/routes.h"
#include "vault/api/wire/body.h"
#include "vault/api/wire/paging.h"
#include "vault/api/wire/query.h"
#include "vault/api/wire/secret_answer.h"
#include "vault/api/wire/tampered_deletion.h"
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/events/previous_secret.h"
#include "vault/events/subscription_rules.h"
#include "vault/events/webhook_secret.h"
#include "vault/store/subscription_store.h"

namespace coffer::api::v3 {
namespace {

constexpr std::size_t kMostSubscriptions = 20;
// The secret is shown when it is made, and then never again.
Json subscription_view(const Subscription& subscription, bool with_secret) {
  Json view = {{"id", subscription.id.str()},
               {"webhook_url", subscription.url},
               {"version", subscription.version},
               {"enabled_events", subscription.events},
               {"created_at", to_rfc3339(subscription.created_at)},
               {"updated_at", to_rfc3339(subscription.updated_at)}};
  if (with_secret) view["secret"] = subscription.secret.expose();
  return view;
}

const EventType& event_type_of(const ObjectReader& body, const std::string& name) {
  if (const EventType* type = find_event_type(name)) return *type;
  body.fail("enabled_events", "holds " + in_quotes(name) + ", which is no event type",
            "GET /api/v3/webhook_subscriptions/event_types lists them");
}

void read_events(const ObjectReader& body, Subscription& subscription) {
  if (body.has("enabled_events")) subscription.events = body.texts("enabled_events");
  if (subscription.events.empty()) body.fail("enabled_events", "is empty");
  for (const std::string& name : subscription.events) {
    if (event_type_of(body, name).only_v3 && subscription.version != "V3") {
      body.fail("version", "does not have " + clipped(name), "use V3");
    }
  }
}

void read_url(const ObjectReader& body, Subscription& subscription) {
  subscription.url = body.required_text("webhook_url");
  if (const auto fault = webhook_url_fault(subscription.url)) {
    body.fail("webhook_url", *fault, "use a public https URL, or one of this computer");
  }
}

void read_version(const ObjectReader& body, Subscription& subscription) {
  subscription.version = body.required_text("version");
  if (subscription.version != "V1" && subscription.version != "V2" && subscription.version != "V3") {
    body.fail("version", "is none of its values", "use V3");
  }
}

ServerResponse create_subscription(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  Subscription subscription;
  if (body.has("version")) read_version(body, subscription);
  read_url(body, subscription);
  read_events(body, subscription);
  subscription.id = SubscriptionId(random_id(engine.env().random, "ws_"));
  subscription.secret = new_webhook_secret(engine.env().random);
  subscription.created_at = subscription.updated_at = engine.env().clock.now();
  const auto tx = engine.database().write();
  if (subscription_store::list(*tx, false).size() >= kMostSubscriptions) {
    throw Error(ErrorCode::InvalidArgument, "there are 20 webhook subscriptions already", "delete one first");
  }
  subscription_store::insert(*tx, subscription);
  tx->commit();
  return secret_answer(201, subscription_view(subscription, true));
}

// Hidden ones belong to the command line and are as absent.
Subscription subscription_or_not_found(Transaction& tx, const SubscriptionId& id) {
  auto found = subscription_store::find(tx, id);
  if (found && !found->is_hidden) return std::move(*found);
  throw Error(ErrorCode::NotFound, "webhook subscription " + in_quotes(id.str()) + " does not exist",
              "GET /api/v3/webhook_subscriptions lists them");
}

ServerResponse get_subscription(Engine& engine, const ServerRequest& request) {
  const Subscription found =
      subscription_or_not_found(*engine.database().read(), SubscriptionId(request.param("id")));
  return ServerResponse::json(200, dump_json(subscription_view(found, false)));
}

ServerResponse list_subscriptions(Engine& engine, const ServerRequest& request) {
  const PageRequest page = page_param(request);
  const auto cut = cut_page(subscription_store::list(*engine.database().read(), false), page);
  Json items = Json::array();
  for (const Subscription& subscription : cut.items) items.push_back(subscription_view(subscription, false));
  return page_response(std::move(items), cut.total, page);
}

ServerResponse update_subscription(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const auto tx = engine.database().write();
  Subscription subscription = subscription_or_not_found(*tx, SubscriptionId(request.param("id")));
  if (body.has("version")) read_version(body, subscription);
  if (body.has("webhook_url")) read_url(body, subscription);
  read_events(body, subscription);
  subscription.is_enabled = true;  // somebody cares again: an endpoint that was given up gets a new chance
  subscription.updated_at = engine.env().clock.now();
  subscription_store::update(*tx, subscription);
  tx->commit();
  return ServerResponse::json(200, dump_json(subscription_view(subscription, false)));
}

// One that fails authentication says nothing to be believed, not even that it is hidden; it can go.
ServerResponse delete_subscription(Engine& engine, const ServerRequest& request) {
  const SubscriptionId id(request.param("id"));
  const auto tx = engine.database().write();
  allow_tampered_deletion(*tx, engine.env().clock.now(), "webhook subscription " + id.str(),
                          [&] { subscription_or_not_found(*tx, id); });
  subscription_store::remove(*tx, id);
  previous_secret::forget(*tx, id);
  tx->commit();
  return ServerResponse::json(200, R"({"success":true})");
}

// For a day deliveries carry signatures by both, so that receivers can change over in peace.
ServerResponse rotate_secret(Engine& engine, const ServerRequest& request) {
  const auto tx = engine.database().write();
  Subscription subscription = subscription_or_not_found(*tx, SubscriptionId(request.param("id")));
  subscription.updated_at = engine.env().clock.now();
  previous_secret::keep(*tx, subscription.id, subscription.secret, subscription.updated_at);
  subscription.secret = new_webhook_secret(engine.env().random);
  subscription_store::update(*tx, subscription);
  tx->commit();
  return secret_answer(200, {{"id", subscription.id.str()}, {"secret", subscription.secret.expose()}});
}

ServerResponse list_event_types(Engine&, const ServerRequest&) {
  Json items = Json::array();
  for (const EventType& type : event_types()) {
    items.push_back({{"event_type", type.name},
                     {"description", type.description},
                     {"supported_versions", type.only_v3 ? Json{"V3"} : Json{"V1", "V2", "V3"}}});
  }
  return ServerResponse::json(200, dump_json({{"items", std::move(items)}}));
}

}  // namespace

std::vector<RouteEntry> webhook_subscription_routes() {
  constexpr const char* kShown = "a subscription shows its secret when it is made, and then never again";
  return {{"POST", "/webhook_subscriptions", create_subscription, "Subscribe a URL to events", kShown},
          {"GET", "/webhook_subscriptions", list_subscriptions, "List webhook subscriptions", kShown,
           "limit,cursor"},
          {"GET", "/webhook_subscriptions/event_types", list_event_types, "List the types of events",
           "the event types name the versions that have them"},
          {"GET", "/webhook_subscriptions/:id", get_subscription, "Get a webhook subscription", kShown},
          {"PATCH", "/webhook_subscriptions/:id", update_subscription, "Change URL, version or events",
           "updating a subscription changes what is named and keeps the secret"},
          {"DELETE", "/webhook_subscriptions/:id", delete_subscription, "Delete a webhook subscription",
           "a deleted subscription is absent"},
          {"POST", "/webhook_subscriptions/:id/rotate_secret", rotate_secret, "Replace the signing secret",
           "rotating gives a new secret and keeps the old one for a day"}};
}

}  // namespace coffer::api::v3
