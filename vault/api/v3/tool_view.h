#pragma once

#include <nlohmann/json_fwd.hpp>

#include "vault/catalog/catalog.h"
#include "vault/tools/executor.h"

namespace coffer::api::v3 {

// The contract's Tool (4.2).
nlohmann::json tool_view(const Toolkit& toolkit, const Tool& tool);

// Throws NotFound.
ToolRef tool_or_not_found(const Catalog& catalog, const std::string& slug);

}  // namespace coffer::api::v3
