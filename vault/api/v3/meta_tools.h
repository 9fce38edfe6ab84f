#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

#include "vault/api/wire/body.h"
#include "vault/engine/engine.h"
#include "vault/model/session.h"

// The tools that a session has besides those of the toolkits: by them an agent finds tools, runs
// several and gets its user's accounts connected.
namespace coffer::api::v3 {

// Which of them a session has; all but waiting unless its configuration says otherwise.
struct MetaSwitches {
  bool manage_connections = true;
  bool wait_for_connections = false;  // only together with manage_connections
  bool search = true;
  bool multi_execute = true;
};
MetaSwitches meta_switches(const SessionConfig& config);

struct MetaTool {
  std::string_view slug;
  std::string_view name;
  std::string_view description;
  std::vector<std::string_view> tags;
  nlohmann::json (*input)();   // JSON Schema, type object
  nlohmann::json (*output)();  // of what run() returns
  bool MetaSwitches::*is_enabled;
  std::string_view enabled_by;  // the configuration key, for messages
  // Throws InvalidArgument for wrong arguments; what fails for one of several things asked for is
  // told in its own part of the result.
  nlohmann::json (*run)(Engine& engine, const Session& session, const ObjectReader& arguments);
};

// Any case; null for what is no meta tool. Throws Unsupported for those that Composio has and that
// are not offered here: no code of others is run.
const MetaTool* find_meta_tool(std::string_view slug);
// Throws Forbidden that names the key which enables it.
void require_enabled(const MetaTool& tool, const SessionConfig& config);
// In the order of a session's list.
std::vector<const MetaTool*> meta_tools_of(const SessionConfig& config);

// The contract's Tool (4.2).
nlohmann::json meta_tool_view(const MetaTool& tool);

}  // namespace coffer::api::v3
