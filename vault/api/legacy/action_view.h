#pragma once

#include <nlohmann/json_fwd.hpp>

#include "vault/model/toolkit.h"

namespace coffer::api::legacy {

// The contract's Action: a tool with its schemas.
nlohmann::json action_view(const Toolkit& toolkit, const Tool& tool);

}  // namespace coffer::api::legacy
