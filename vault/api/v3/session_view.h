#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "vault/model/session.h"

namespace coffer::api::v3 {

// The contract's Session (4.6). Requests say enable and disable, answers enabled and disabled.
// `own_url`: the daemon's, as the caller knows it.
nlohmann::json session_view(const std::string& own_url, const Session& session);

}  // namespace coffer::api::v3
