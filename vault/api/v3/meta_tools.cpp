#include "vault/api/v3/meta_tools.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "vault/api/v3/manage_connections.h"
#include "vault/api/v3/multi_execute.h"
#include "vault/api/v3/search_tools.h"
#include "vault/api/v3/wait_for_connections.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"

namespace coffer::api::v3 {
namespace {

const std::array<MetaTool, 5>& all_meta_tools() {
  static const std::array<MetaTool, 5> tools = {{
      {kManageConnections,
       "Manage connections",
       "Tells whether the user's accounts are connected, and makes a Connect Link for each that is not. Call "
       "it "
       "before the tools of a toolkit that is not connected. Show links to the user unchanged; never ask for "
       "passwords or keys in the conversation.",
       {"openWorldHint", "destructiveHint"},
       manage_connections_input,
       manage_connections_output,
       &MetaSwitches::manage_connections,
       "manage_connections.enable",
       manage_connections},
      {"COMPOSIO_WAIT_FOR_CONNECTIONS",
       "Wait for connections",
       "Waits a while for the user to finish connecting accounts by the links that "
       "COMPOSIO_MANAGE_CONNECTIONS "
       "made. If the time runs out, tell the user what is still to be done and call it again.",
       {"readOnlyHint", "idempotentHint"},
       wait_for_connections_input,
       wait_for_connections_output,
       &MetaSwitches::wait_for_connections,
       "manage_connections.enable_wait_for_connections",
       wait_for_connections},
      {"COMPOSIO_SEARCH_TOOLS",
       "Search tools",
       "Finds the tools for what is to be done, with the arguments that the best of them take, and tells "
       "which of "
       "their toolkits are connected. One query for each thing to do, in plain words: \"send an email\".",
       {"readOnlyHint", "idempotentHint"},
       search_tools_input,
       search_tools_output,
       &MetaSwitches::search,
       "search.enable",
       search_tools},
      {kGetToolSchemas,
       "Get tool schemas",
       "Returns what arguments tools take, by their slugs.",
       {"readOnlyHint", "idempotentHint"},
       tool_schemas_input,
       tool_schemas_output,
       &MetaSwitches::search,
       "search.enable",
       tool_schemas},
      {"COMPOSIO_MULTI_EXECUTE_TOOL",
       "Run tools",
       "Runs up to 50 tools at the same time. They must not depend on each other. Each has its own result "
       "under "
       "its index; one that fails does not keep the others from running.",
       {"openWorldHint", "destructiveHint"},
       multi_execute_input,
       multi_execute_output,
       &MetaSwitches::multi_execute,
       "execute.enable_multi_execute",
       multi_execute},
  }};
  return tools;
}

bool switch_of(const Json& kept, const char* object, const char* key, bool otherwise) {
  const auto found = kept.find(object);
  if (found == kept.end() || !found->is_object()) return otherwise;
  const auto flag = found->find(key);
  return flag != found->end() && flag->is_boolean() ? flag->get<bool>() : otherwise;
}

}  // namespace

MetaSwitches meta_switches(const SessionConfig& config) {
  const Json kept = parse_json(config.extra_json, "stored session");
  MetaSwitches switches;
  switches.manage_connections = config.manage_connections;
  switches.wait_for_connections = config.manage_connections &&
                                  switch_of(kept, "manage_connections", "enable_wait_for_connections", false);
  switches.search = switch_of(kept, "search", "enable", true);
  switches.multi_execute = switch_of(kept, "execute", "enable_multi_execute", true);
  return switches;
}

const MetaTool* find_meta_tool(std::string_view slug) {
  for (const MetaTool& tool : all_meta_tools()) {
    if (equals_ignoring_case(tool.slug, slug)) return &tool;
  }
  for (const char* remote : {"COMPOSIO_REMOTE_WORKBENCH", "COMPOSIO_REMOTE_BASH_TOOL"}) {
    if (!equals_ignoring_case(remote, slug)) continue;
    throw Error(ErrorCode::Unsupported,
                std::string(remote) + " is not offered: no code of others is run here",
                "run the code where the agent runs, and call tools from there");
  }
  return nullptr;
}

void require_enabled(const MetaTool& tool, const SessionConfig& config) {
  if (meta_switches(config).*tool.is_enabled) return;
  throw Error(ErrorCode::Forbidden, std::string(tool.slug) + " is not enabled in this session",
              "create the session with " + std::string(tool.enabled_by));
}

std::vector<const MetaTool*> meta_tools_of(const SessionConfig& config) {
  const MetaSwitches switches = meta_switches(config);
  std::vector<const MetaTool*> found;
  for (const MetaTool& tool : all_meta_tools()) {
    if (switches.*tool.is_enabled) found.push_back(&tool);
  }
  return found;
}

Json meta_tool_view(const MetaTool& tool) {
  const Json versions = Json::array({"latest"});
  return {{"slug", tool.slug},
          {"name", tool.name},
          {"description", tool.description},
          {"human_description", tool.description},
          {"toolkit", {{"slug", "composio"}, {"name", "Composio"}, {"logo", ""}}},
          {"input_parameters", tool.input()},
          {"output_parameters", tool.output()},
          {"tags", tool.tags},
          {"version", "latest"},
          {"available_versions", versions},
          {"scopes", Json::array()},
          {"scope_requirements", nullptr},
          {"no_auth", true},
          {"is_deprecated", false},
          {"deprecated",
           {{"available_versions", versions},
            {"displayName", tool.name},
            {"is_deprecated", false},
            {"version", "latest"},
            {"toolkit", {{"logo", ""}}}}}};
}

}  // namespace coffer::api::v3
