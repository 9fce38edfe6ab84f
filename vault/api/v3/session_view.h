#pragma once

#include <nlohmann/json_fwd.hpp>

#include "vault/engine/engine.h"
#include "vault/model/session.h"

namespace coffer::api::v3 {

// The contract's Session (4.6). Requests say enable and disable, answers enabled and disabled.
nlohmann::json session_view(const Engine& engine, const Session& session);

}  // namespace coffer::api::v3
