#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "vault/base/clock.h"

namespace coffer::mock {

// What POST /_mock/clock asks for.
struct ClockMove {
  std::optional<Timestamp> target;
  std::optional<double> rate;  // 0 freezes
};

// {"advance", "set", "freeze", "rate"}; `now` is what an advance starts from. Throws
// InvalidArgument.
ClockMove parse_clock_move(const nlohmann::json& body, Timestamp now);

// From 0 to a million.
bool is_clock_rate(const nlohmann::json& value);

nlohmann::json clock_json(const MovableClock& clock);

}  // namespace coffer::mock
