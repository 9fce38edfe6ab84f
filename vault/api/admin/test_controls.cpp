#include <nlohmann/json.hpp>

#include "vault/api/admin/admin.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/engine/time_travel.h"
#include "vault/engine/trigger.h"
#include "vault/store/connection_store.h"

namespace coffer::api {
namespace {

constexpr double kFastest = 100'000;

ServerResponse show_clock(const MovableClock& clock) {
  return ServerResponse::json(200,
                              dump_json({{"now", to_rfc3339(clock.now())}, {"frozen", clock.is_frozen()}}));
}

std::string text_member(const Json& body, std::string_view name) {
  const auto found = body.find(name);
  if (found == body.end()) return {};
  if (!found->is_string()) throw Error(ErrorCode::InvalidArgument, in_quotes(name) + " is not text");
  return found->get<std::string>();
}

struct ClockOrder {
  std::optional<double> rate;
  std::optional<Duration> advance;
  std::optional<Timestamp> set;
};

std::optional<Duration> read_advance(const Json& body) {
  if (!body.contains("advance")) return std::nullopt;
  const std::string advance = text_member(body, "advance");
  if (const auto by = parse_duration(advance)) return by;
  throw Error(ErrorCode::InvalidArgument, "\"advance\" is no duration: " + in_quotes(advance),
              "write 90s, 55m, 1h30m or 2d");
}

std::optional<Timestamp> read_set(const Json& body) {
  if (!body.contains("set")) return std::nullopt;
  const std::string moment = text_member(body, "set");
  if (const auto target = parse_rfc3339(moment)) return target;
  throw Error(ErrorCode::InvalidArgument, "\"set\" is no RFC 3339 moment: " + in_quotes(moment),
              "write 2030-01-01T00:00:00Z");
}

std::optional<double> read_rate(const Json& body) {
  if (body.contains("rate") && body.contains("freeze")) {
    throw Error(ErrorCode::InvalidArgument, "\"rate\" and \"freeze\" are both given",
                "leave one out: a frozen clock has the rate 0");
  }
  std::optional<double> out;
  if (const auto rate = body.find("rate"); rate != body.end()) {
    if (!rate->is_number() || rate->get<double>() < 0 || rate->get<double>() > kFastest) {
      throw Error(ErrorCode::InvalidArgument, "\"rate\" is not a number from 0 to 100000");
    }
    out = rate->get<double>();
  }
  if (const auto freeze = body.find("freeze"); freeze != body.end()) {
    if (!freeze->is_boolean()) throw Error(ErrorCode::InvalidArgument, "\"freeze\" is not true or false");
    out = freeze->get<bool>() ? 0 : 1;
  }
  return out;
}

ClockOrder read_clock_order(const Json& body) {
  if (!body.is_object()) throw Error(ErrorCode::InvalidArgument, "body is not a JSON object");
  for (const auto& [key, value] : body.items()) {
    if (key != "advance" && key != "set" && key != "freeze" && key != "rate") {
      throw Error(ErrorCode::InvalidArgument, in_quotes(key) + " is no clock verb",
                  "use advance, set, freeze or rate");
    }
  }
  return {read_rate(body), read_advance(body), read_set(body)};
}

// All of the order is checked before any of it takes effect.
ServerResponse move_clock(Engine& engine, MovableClock& clock, const ServerRequest& request) {
  const ClockOrder order = read_clock_order(parse_json(request.body));
  std::optional<Journey> journey;
  if (order.set || order.advance) {
    journey.emplace(engine, clock, order.advance.value_or(Duration::zero()), order.set);
  }
  if (order.rate) clock.run_at(*order.rate);
  if (journey) journey->run();
  return show_clock(clock);
}

ServerResponse trigger(Engine& engine, const RevokeGrant& revoke, const ServerRequest& request) {
  const Json body = parse_json(request.body);
  if (!body.is_object() || text_member(body, "event") != kExpiredEvent) {
    throw Error(ErrorCode::InvalidArgument, "\"event\" names none that can be triggered",
                "use " + std::string(kExpiredEvent));
  }
  const ConnectionId id(text_member(body, "connected_account"));
  trigger_expiry(engine, id, revoke);
  const auto connection = connection_store::find(*engine.database().read(), id);
  return ServerResponse::json(200, dump_json({{"id", id.str()}, {"status", to_string(connection->status)}}));
}

}  // namespace

void add_test_control_routes(Router& router, Engine& engine, const Guard& guard, TestControls controls) {
  MovableClock& clock = controls.clock;
  router.add("GET", "/_coffer/clock",
             with_api_key(guard, "api", [&clock](const ServerRequest&) { return show_clock(clock); }));
  router.add("POST", "/_coffer/clock", with_api_key(guard, "api", [&](const ServerRequest& request) {
               return move_clock(engine, clock, request);
             }));
  router.add("POST", "/_coffer/trigger",
             with_api_key(guard, "api",
                          [&engine, revoke = std::move(controls.revoke_grant)](const ServerRequest& request) {
                            return trigger(engine, revoke, request);
                          }));
}

}  // namespace coffer::api
