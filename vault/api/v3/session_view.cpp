#include "vault/api/v3/session_view.h"

#include <nlohmann/json.hpp>

#include "vault/api/v3/custom_tools.h"
#include "vault/api/v3/meta_tools.h"
#include "vault/base/json.h"

namespace coffer::api::v3 {
namespace {

Json answered_choice(const Json& given) {
  if (given.is_array()) return {{"enabled", given}};
  Json out = Json::object();
  for (const auto& [key, value] : given.items()) {
    const std::string name = key == "enable" ? "enabled" : key == "disable" ? "disabled" : key;
    out[name] = key == "tags" ? answered_choice(value) : value;
  }
  return out;
}

Json tools_view(const Json& given) {
  Json out = Json::object();
  for (const auto& [toolkit, choice] : given.items()) {
    out[toolkit] = choice.is_structured() ? answered_choice(choice) : choice;
  }
  return out;
}

Json manage_connections_view(const SessionConfig& config, const Json& kept) {
  Json out = kept.value("manage_connections", Json::object());
  out["enabled"] = config.manage_connections;
  if (!config.callback_url.empty()) out["callback_url"] = config.callback_url;
  return out;
}

void add_toolkits(Json& view, const SessionConfig& config, const Json& kept) {
  if (kept.contains("toolkits")) view["toolkits"]["enabled"] = Json::array();
  if (!config.toolkits_enabled.empty()) view["toolkits"]["enabled"] = config.toolkits_enabled;
  if (!config.toolkits_disabled.empty()) view["toolkits"]["disabled"] = config.toolkits_disabled;
}

void add_accounts(Json& view, const SessionConfig& config) {
  for (const auto& [toolkit, id] : config.auth_configs) view["auth_configs"][toolkit] = id.str();
  for (const auto& [toolkit, ids] : config.connected_accounts) {
    Json& list = view["connected_accounts"][toolkit] = Json::array();
    for (const ConnectionId& id : ids) list.push_back(id.str());
  }
}

// There is no sandbox here, whatever was asked for.
Json workbench_view(const Json& kept) {
  Json out = kept.value("workbench", Json::object());
  out["enable"] = false;
  out["proxy_execution_enabled"] = out.value("enable_proxy_execution", true);
  out.erase("enable_proxy_execution");
  return out;
}

// Preloading is asked for: nothing said is none.
Json preload_view(const Json& kept) {
  const Json tools = kept.value("/preload/tools"_json_pointer, Json());
  return {{"tools", tools.is_null() ? Json::array() : tools}};
}

Json config_view(const Session& session) {
  const Json kept = parse_json(session.config.extra_json, "stored session");
  const MetaSwitches switches = meta_switches(session.config);
  Json view = {{"user_id", session.user.str()},
               {"preload", preload_view(kept)},
               {"execute", {{"enable_multi_execute", switches.multi_execute}}},
               {"search", {{"enable", switches.search}}},
               {"workbench", workbench_view(kept)},
               {"manage_connections", manage_connections_view(session.config, kept)}};
  add_toolkits(view, session.config, kept);
  add_accounts(view, session.config);
  if (kept.contains("tools")) view["tools"] = tools_view(kept["tools"]);
  if (kept.contains("tags")) view["tags"] = answered_choice(kept["tags"]);
  if (kept.contains("multi_account")) view["multi_account"] = kept["multi_account"];
  return view;
}

// What was asked for and is not there: taken with a warning, so that programs that ask for all run.
Json warnings_of(const SessionConfig& config) {
  const Json kept = parse_json(config.extra_json, "stored session");
  Json warnings = Json::array();
  if (kept.value("/workbench/enable"_json_pointer, Json(false)) == true) {
    warnings.push_back({{"code", "workbench_unsupported"}, {"message", "there is no workbench here"}});
  }
  return warnings;
}

}  // namespace

Json session_view(const std::string& own_url, const Session& session) {
  Json meta_tools = Json::array();
  for (const MetaTool* tool : meta_tools_of(session.config)) meta_tools.push_back(tool->slug);
  Json view = {{"session_id", session.id.str()},
               {"config_version", session.config_version},
               {"mcp", {{"type", "http"}, {"url", own_url + "/tool_router/" + session.id.str() + "/mcp"}}},
               {"tool_router_tools", std::move(meta_tools)},
               {"config", config_view(session)}};
  if (Json custom = custom_tools_view(session.config); !custom.empty())
    view["experimental"] = std::move(custom);
  if (Json warnings = warnings_of(session.config); !warnings.empty()) view["warnings"] = std::move(warnings);
  return view;
}

}  // namespace coffer::api::v3
