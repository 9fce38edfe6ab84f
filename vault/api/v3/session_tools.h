#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "vault/api/v3/meta_tools.h"
#include "vault/catalog/catalog.h"
#include "vault/model/session.h"

namespace coffer::api::v3 {

// An entry of a session's list of tools: one of the two.
struct SessionTool {
  const MetaTool* meta = nullptr;
  ToolRef ref;
};

// What an agent is shown: the meta tools first, then the preloaded ones of the catalogue, in an
// order that stays. All of it can be executed.
std::vector<SessionTool> session_tools(const Catalog& catalog, const SessionConfig& config);

// The contract's Tool (4.2).
nlohmann::json session_tool_view(const SessionTool& tool);

}  // namespace coffer::api::v3
