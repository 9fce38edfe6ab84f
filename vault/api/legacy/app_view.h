#pragma once

#include <nlohmann/json_fwd.hpp>

#include "vault/engine/engine.h"

namespace coffer::api::legacy {

// The contract's App: a toolkit with its ways of authenticating.
nlohmann::json app_view(const Engine& engine, const Toolkit& toolkit);

// What the user has to enter to connect: the contract's fields of App and Integration.
nlohmann::json input_fields(const AuthMode& mode);

}  // namespace coffer::api::legacy
