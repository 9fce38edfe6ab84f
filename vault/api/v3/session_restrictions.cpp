#include "vault/api/v3/session_restrictions.h"

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "vault/api/v3/custom_tools.h"
#include "vault/api/v3/meta_tools.h"
#include "vault/api/v3/tool_filter.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/text.h"

namespace coffer::api::v3 {
namespace {

constexpr const char* kRestrictions = "use enable, disable, or for tools tags";

constexpr std::array<std::string_view, 15> kMembers = {"user_id",
                                                       "toolkits",
                                                       "tools",
                                                       "tags",
                                                       "auth_configs",
                                                       "connected_accounts",
                                                       "manage_connections",
                                                       "multi_account",
                                                       "workbench",
                                                       "preload",
                                                       "search",
                                                       "execute",
                                                       "experimental",
                                                       "premium_usage",
                                                       "expected_config_version"};

struct Block {
  std::string_view name;
  std::vector<std::string_view> members;
};

// Of `experimental` what has no meaning here changes nothing that a session may do.
const std::array<Block, 7> kBlocks = {
    {{"manage_connections",
      {"enable", "enabled", "callback_url", "enable_wait_for_connections", "enable_connection_removal"}},
     {"multi_account", {"enable", "max_accounts_per_toolkit", "require_explicit_selection"}},
     {"workbench", {"enable", "enable_proxy_execution", "auto_offload_threshold", "sandbox_size"}},
     {"preload", {"tools"}},
     {"search", {"enable"}},
     {"execute", {"enable_multi_execute"}},
     {"experimental",
      {"assistive_prompt_config", "custom_tools", "custom_toolkits", "link_url_overwrite", "fast_mode",
       "submit_feedback", "permissions", "session_config_id"}}}};

constexpr std::array<std::string_view, 4> kHints = {"readOnlyHint", "destructiveHint", "idempotentHint",
                                                    "openWorldHint"};

using IsKnown = std::function<bool(const std::string&)>;

// A list, or {"enable", "disable"}. Unlike the others it may be empty: that denies all.
void check_toolkits(const ObjectReader& body) {
  if (!body.has("toolkits") || body.value("toolkits").is_array()) return;
  const ObjectReader toolkits = body.required_object("toolkits");
  if (toolkits.keys().empty()) body.fail("toolkits", "names no restriction", kRestrictions);
  for (const std::string& name : toolkits.keys()) {
    if (name != "enable" && name != "disable") toolkits.fail(name, "is no restriction", kRestrictions);
    if (!toolkits.has(name)) toolkits.fail(name, "is missing");
  }
}

// An empty list of what is allowed would be read as no restriction at all.
void check_names(const ObjectReader& choice, std::string_view key, bool may_be_empty,
                 const IsKnown& is_known) {
  if (!choice.value(key).is_array()) choice.fail(key, "is not a list of strings");
  const std::vector<std::string> names = choice.texts(key);
  if (names.empty() && !may_be_empty) choice.fail(key, "is empty");
  for (const std::string& name : names) {
    if (!is_known(name)) choice.fail(key, "names what does not exist: " + in_quotes(name));
  }
}

bool is_tag(const Engine& engine, const std::string& name) {
  if (std::any_of(kHints.begin(), kHints.end(),
                  [&](std::string_view hint) { return equals_ignoring_case(hint, name); })) {
    return true;
  }
  for (const Toolkit& toolkit : engine.catalog().toolkits()) {
    for (const Tool& tool : toolkit.tools) {
      if (contains_ignoring_case(tool.tags, name)) return true;
    }
  }
  return false;
}

// A list, which is short for {"enable": list}, or {"enable", "disable"}.
void check_choice(const ObjectReader& body, std::string_view key, const IsKnown& is_known) {
  if (body.value(key).is_array()) return check_names(body, key, false, is_known);
  const ObjectReader choice = body.required_object(key);
  if (choice.keys().empty()) body.fail(key, "names no restriction", kRestrictions);
  for (const std::string& name : choice.keys()) {
    if (name != "enable" && name != "disable") choice.fail(name, "is no restriction", kRestrictions);
    check_names(choice, name, name == "disable", is_known);
  }
}

void check_tags(const Engine& engine, const ObjectReader& body) {
  if (!body.has("tags")) return;
  check_choice(body, "tags", [&](const std::string& name) { return is_tag(engine, name); });
}

void check_tools_of(const Engine& engine, const ObjectReader& tools, const std::string& key,
                    const Toolkit& toolkit) {
  const auto is_tool = [&](const std::string& name) {
    return engine.catalog().find_tool(name).toolkit == &toolkit;
  };
  const auto choice = tools.value(key).is_object() ? tools.object(key) : std::nullopt;
  if (!choice || !choice->has("tags")) return check_choice(tools, key, is_tool);
  for (const std::string& name : choice->keys()) {
    if (name == "tags") {
      check_choice(*choice, name, [&](const std::string& tag) { return is_tag(engine, tag); });
    } else if (name == "enable" || name == "disable") {
      check_names(*choice, name, name == "disable", is_tool);
    } else {
      choice->fail(name, "is no restriction", kRestrictions);
    }
  }
}

void check_tools(const Engine& engine, const ObjectReader& body) {
  const ObjectReader tools = body.required_object("tools");
  for (const auto& [key, choice] : body.value("tools").items()) {
    if (choice.is_null()) tools.fail(key, "names no restriction", kRestrictions);
  }
  std::set<std::string> seen;
  for (const std::string& key : tools.keys()) {
    const std::string slug = known_toolkit(engine, tools, key, key);
    if (!seen.insert(slug).second) tools.fail(key, "names a toolkit for the second time");
    check_tools_of(engine, tools, key, *engine.catalog().find_toolkit(slug));
  }
}

void check_members(const ObjectReader& body) {
  for (const std::string& name : body.keys()) {
    if (std::find(kMembers.begin(), kMembers.end(), name) == kMembers.end())
      body.fail(name, "is no setting of a session");
  }
  for (const Block& block : kBlocks) {
    if (!body.value(block.name).is_object()) continue;
    const ObjectReader given = body.required_object(block.name);
    for (const std::string& name : given.keys()) {
      const bool is_known =
          std::find(block.members.begin(), block.members.end(), name) != block.members.end();
      if (!is_known) given.fail(name, "is no setting of a session");
    }
  }
}

// A list of slugs, or "all".
void check_preload(const Engine& engine, const ObjectReader& body) {
  const auto given = body.object("preload");
  if (!given || !given->has("tools") || given->value("tools") == "all") return;
  if (!given->value("tools").is_array()) given->fail("tools", "is neither a list of strings nor \"all\"");
  check_names(*given, "tools", true, [&](const std::string& name) {
    return find_meta_tool(name) != nullptr || engine.catalog().find_tool(name).tool != nullptr;
  });
}

void check_multi_account(const ObjectReader& body) {
  const auto given = body.object("multi_account");
  if (!given) return;
  given->boolean("enable");
  given->boolean("require_explicit_selection");
  if (!given->has("max_accounts_per_toolkit")) return;
  const Json& limit = given->value("max_accounts_per_toolkit");
  if (!limit.is_number_integer() || limit < 2 || limit > 10) {
    given->fail("max_accounts_per_toolkit", "is not a number from 2 to 10");
  }
}

void check_switches(const ObjectReader& body) {
  for (const auto& [object, flag] :
       {std::pair("execute", "enable_multi_execute"), std::pair("search", "enable"),
        std::pair("workbench", "enable"), std::pair("workbench", "enable_proxy_execution")}) {
    if (const auto given = body.object(object)) given->boolean(flag);
  }
}

}  // namespace

void check_restrictions(const Engine& engine, const ObjectReader& body) {
  check_members(body);
  check_toolkits(body);
  check_preload(engine, body);
  check_tags(engine, body);
  if (body.has("tools")) check_tools(engine, body);
  check_switches(body);
  check_multi_account(body);
  check_custom_tools(body);
  const auto experimental = body.object("experimental");
  if (!experimental) return;
  for (const char* key : {"permissions", "session_config_id"}) {
    if (!experimental->has(key)) continue;
    throw Error(ErrorCode::Unsupported, "\"" + experimental->name_of(key) + "\" is not offered here",
                "restrict the session by toolkits, tools and tags");
  }
}

std::string known_toolkit(const Engine& engine, const ObjectReader& body, std::string_view key,
                          const std::string& slug) {
  const Toolkit* toolkit = engine.catalog().find_toolkit(slug);
  if (toolkit == nullptr) body.fail(key, "names a toolkit that does not exist: " + in_quotes(slug));
  return toolkit->slug;
}

}  // namespace coffer::api::v3
