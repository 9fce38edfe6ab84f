#include "vault/api/v3/session_tools.h"

#include <nlohmann/json.hpp>

#include "vault/api/v3/session_scope.h"
#include "vault/api/v3/tool_view.h"

namespace coffer::api::v3 {

std::vector<SessionTool> session_tools(const Catalog& catalog, const SessionConfig& config) {
  std::vector<SessionTool> tools;
  for (const MetaTool* meta : meta_tools_of(config)) tools.push_back({meta, {}});
  for (const ToolRef& ref : SessionScope(config).tools(catalog)) tools.push_back({nullptr, ref});
  return tools;
}

Json session_tool_view(const SessionTool& tool) {
  return tool.meta != nullptr ? meta_tool_view(*tool.meta) : tool_view(*tool.ref.toolkit, *tool.ref.tool);
}

}  // namespace coffer::api::v3
