#include "mockprovider/clock_control.h"

#include <nlohmann/json.hpp>

#include "mockprovider/members.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

constexpr Duration kFarthestAdvance = std::chrono::hours(24 * 36'525);
constexpr double kFastest = 1'000'000;

std::optional<double> read_rate(const Members& body) {
  if (body.find("freeze")) return body.flag("freeze") ? 0 : 1;
  const Json* rate = body.find("rate");
  if (!rate) return std::nullopt;
  if (!is_clock_rate(*rate)) body.fail("rate", "is not a number from 0 to 1000000");
  return rate->get<double>();
}

}  // namespace

bool is_clock_rate(const Json& value) {
  return value.is_number() && value.get<double>() >= 0 && value.get<double>() <= kFastest;
}

ClockMove parse_clock_move(const Json& json, Timestamp now) {
  const Members body(json, "clock");
  body.allow_only({"advance", "set", "freeze", "rate"});
  ClockMove move;
  if (const std::string moment = body.text("set"); !moment.empty()) {
    move.target = parse_rfc3339(moment);
    if (!move.target) body.fail("set", "is not a time such as 2026-11-22T12:00:00Z");
  }
  if (const auto by = body.duration("advance")) {
    if (*by > kFarthestAdvance) body.fail("advance", "is longer than a hundred years");
    move.target = move.target.value_or(now) + *by;
  }
  move.rate = read_rate(body);
  return move;
}

Json clock_json(const MovableClock& clock) {
  const Timestamp now = clock.now();
  return {{"now", to_rfc3339(now)}, {"now_ms", to_ms(now)}, {"frozen", clock.is_frozen()}};
}

}  // namespace coffer::mock
