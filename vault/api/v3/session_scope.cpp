#include "vault/api/v3/session_scope.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/api/v3/tool_filter.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/text.h"

namespace coffer::api::v3 {
namespace {

const Json& member(const Json& object, const char* key) {
  static const Json null;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found == object.end() ? null : *found;
}

std::vector<std::string> strings_of(const Json& list) {
  std::vector<std::string> out;
  if (!list.is_array()) return out;
  for (const Json& element : list) {
    if (element.is_string()) out.push_back(element.get<std::string>());
  }
  return out;
}

std::vector<std::string> names_of(const Tool& tool) {
  std::vector<std::string> names = tool.aliases;
  names.push_back(tool.slug);
  return names;
}

}  // namespace

bool SessionScope::Choice::admits(const std::vector<std::string>& names) const {
  const auto is_in = [](const std::vector<std::string>& list) {
    return [&list](const std::string& name) { return contains_ignoring_case(list, name); };
  };
  if (std::any_of(names.begin(), names.end(), is_in(disabled))) return false;
  return enabled.empty() || std::any_of(names.begin(), names.end(), is_in(enabled));
}

// A list is short for {"enable": list}.
SessionScope::Choice SessionScope::read_choice(const Json& given) {
  if (given.is_array()) return {strings_of(given), {}};
  return {strings_of(member(given, "enable")), strings_of(member(given, "disable"))};
}

SessionScope::ToolChoice SessionScope::read_tool_choice(const Json& given) {
  ToolChoice choice;
  choice.slugs = read_choice(given);
  choice.has_own_tags = !member(given, "tags").is_null();
  choice.tags = read_choice(member(given, "tags"));
  return choice;
}

SessionScope::SessionScope(const SessionConfig& config) : config_(config) {
  const Json kept = parse_json(config.extra_json, "stored session");
  denies_all_ = kept.contains("toolkits");
  tags_ = read_choice(member(kept, "tags"));
  const Json& tools = member(kept, "tools");
  if (tools.is_object()) {
    for (const auto& [toolkit, given] : tools.items()) tools_[to_lower(toolkit)] = read_tool_choice(given);
  }
  const Json& preload = member(member(kept, "preload"), "tools");
  preloads_all_ = preload == "all";
  preloaded_ = strings_of(preload);
}

bool SessionScope::admits(const Toolkit& toolkit) const {
  if (denies_all_) return false;
  const Choice choice{config_.toolkits_enabled, config_.toolkits_disabled};
  return choice.admits({toolkit.slug});
}

bool SessionScope::admits(const Toolkit& toolkit, const Tool& tool) const {
  if (!admits(toolkit)) return false;
  const auto found = tools_.find(toolkit.slug);
  if (found == tools_.end()) return tags_.admits(tool.tags);
  const ToolChoice& choice = found->second;
  if (!choice.slugs.admits(names_of(tool))) return false;
  return (choice.has_own_tags ? choice.tags : tags_).admits(tool.tags);
}

void SessionScope::require(const Toolkit& toolkit) const {
  if (admits(toolkit)) return;
  throw Error(ErrorCode::Forbidden, "toolkit " + in_quotes(toolkit.slug) + " is not enabled in this session",
              "create the session with it in toolkits.enable");
}

void SessionScope::require(const Toolkit& toolkit, const Tool& tool) const {
  require(toolkit);
  if (admits(toolkit, tool)) return;
  throw Error(ErrorCode::Forbidden, "tool " + in_quotes(tool.slug) + " is not enabled in this session",
              "GET /api/v3/tool_router/session/{id}/tools lists what is");
}

void SessionScope::require_whole(const Toolkit& toolkit) const {
  require(toolkit);
  if (tags_.is_empty() && !tools_.contains(toolkit.slug)) return;
  throw Error(
      ErrorCode::Forbidden,
      "raw calls to " + toolkit.slug + " are not enabled in this session: it has some of its tools only",
      "use its tools, or a session without tools and tags for this toolkit");
}

std::vector<const Toolkit*> SessionScope::toolkits(const Catalog& catalog) const {
  std::vector<const Toolkit*> found;
  for (const Toolkit& toolkit : catalog.toolkits()) {
    if (admits(toolkit)) found.push_back(&toolkit);
  }
  return found;
}

bool SessionScope::is_preloaded(const Tool& tool) const {
  if (preloads_all_) return true;
  const std::vector<std::string> names = names_of(tool);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return contains_ignoring_case(preloaded_, name); });
}

std::vector<ToolRef> SessionScope::tools(const Catalog& catalog) const {
  std::vector<ToolRef> found;
  for (const Toolkit* toolkit : toolkits(catalog)) {
    for (const Tool& tool : toolkit->tools) {
      if (is_preloaded(tool) && admits(*toolkit, tool)) found.push_back({toolkit, &tool});
    }
  }
  return found;
}

}  // namespace coffer::api::v3
