#include "vault/api/v3/session_input.h"

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "vault/api/v3/session_accounts.h"
#include "vault/api/v3/tool_filter.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/connect/callback_url.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"
#include "vault/store/shared_account_store.h"

namespace coffer::api::v3 {
namespace {

// Kept as they came; session_scope.h reads the restrictions among them.
constexpr std::array<std::string_view, 5> kReplacedObjects = {"tools", "tags", "preload", "search",
                                                              "execute"};
// Of these a change replaces only the members that it names.
constexpr std::array<std::string_view, 3> kMergedObjects = {"workbench", "multi_account", "experimental"};

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

const std::array<Block, 6> kBlocks = {
    {{"manage_connections",
      {"enable", "enabled", "callback_url", "enable_wait_for_connections", "enable_connection_removal"}},
     {"multi_account", {"enable", "max_accounts_per_toolkit", "require_explicit_selection"}},
     {"workbench", {"enable", "enable_proxy_execution", "auto_offload_threshold", "sandbox_size"}},
     {"preload", {"tools"}},
     {"search", {"enable"}},
     {"execute", {"enable_multi_execute"}}}};

constexpr std::array<std::string_view, 4> kHints = {"readOnlyHint", "destructiveHint", "idempotentHint",
                                                    "openWorldHint"};

using IsKnown = std::function<bool(const std::string&)>;

std::string known_toolkit(Engine& engine, const ObjectReader& body, std::string_view key,
                          const std::string& slug) {
  const Toolkit* toolkit = engine.catalog().find_toolkit(slug);
  if (toolkit == nullptr) body.fail(key, "names a toolkit that does not exist: " + in_quotes(slug));
  return toolkit->slug;
}

std::vector<std::string> known_toolkits(Engine& engine, const ObjectReader& body, std::string_view key) {
  std::vector<std::string> slugs;
  for (const std::string& slug : body.texts(key)) slugs.push_back(known_toolkit(engine, body, key, slug));
  return slugs;
}

// Enabling none is a choice, too: it denies all.
void read_toolkits(Engine& engine, const ObjectReader& body, SessionConfig& config, Json& kept) {
  config.toolkits_enabled.clear();
  config.toolkits_disabled.clear();
  kept.erase("toolkits");
  if (!body.has("toolkits")) return;
  bool is_allowlist = body.value("toolkits").is_array();
  if (is_allowlist) {
    config.toolkits_enabled = known_toolkits(engine, body, "toolkits");
  } else {
    const ObjectReader toolkits = body.required_object("toolkits");
    if (toolkits.keys().empty()) body.fail("toolkits", "names no restriction", kRestrictions);
    for (const std::string& name : toolkits.keys()) {
      if (name != "enable" && name != "disable") toolkits.fail(name, "is no restriction", kRestrictions);
      if (!toolkits.has(name)) toolkits.fail(name, "is missing");
    }
    is_allowlist = toolkits.has("enable");
    config.toolkits_enabled = known_toolkits(engine, toolkits, "enable");
    config.toolkits_disabled = known_toolkits(engine, toolkits, "disable");
  }
  if (is_allowlist && config.toolkits_enabled.empty()) kept["toolkits"]["enable"] = Json::array();
}

void read_auth_configs(Engine& engine, Transaction& tx, const ObjectReader& body, SessionConfig& config) {
  config.auth_configs.clear();
  const auto given = body.object("auth_configs");
  if (!given) return;
  for (const std::string& key : given->keys()) {
    const AuthConfigId id(given->required_text(key));
    const auto found = auth_config_store::find(tx, id);
    const std::string slug = known_toolkit(engine, *given, key, key);
    if (!found || found->toolkit != slug)
      given->fail(key, "is no auth config of this toolkit: " + in_quotes(id.str()));
    config.auth_configs[slug] = id;
  }
}

void check_pinned(Transaction& tx, const ObjectReader& given, const std::string& key, const UserId& user,
                  const std::string& slug, const ConnectionId& id) {
  const auto found = connection_store::find(tx, id);
  // One sentence for all: whose account it is must not be found out here.
  if (!found || found->toolkit != slug || !shared_account_store::may_use(tx, *found, user)) {
    given.fail(key, "holds no account of this user and toolkit: " + in_quotes(id.str()));
  }
  if (found->status == ConnectionStatus::Inactive)
    given.fail(key, "holds an account that is disabled: " + in_quotes(id.str()));
}

void check_number_of_shared(Transaction& tx, const ObjectReader& given, const std::string& key,
                            const std::vector<ConnectionId>& ids) {
  const auto count = std::count_if(ids.begin(), ids.end(), [&](const ConnectionId& id) {
    return shared_account_store::find(tx, id).has_value();
  });
  if (count > 1) given.fail(key, "holds more than one SHARED account", "pin one of them");
}

void read_pinned_accounts(Engine& engine, Transaction& tx, const UserId& user, const ObjectReader& body,
                          SessionConfig& config) {
  config.connected_accounts.clear();
  const auto given = body.object("connected_accounts");
  if (!given) return;
  for (const std::string& key : given->keys()) {
    const std::string slug = known_toolkit(engine, *given, key, key);
    for (const std::string& text : given->texts(key)) {
      const ConnectionId id(text);
      check_pinned(tx, *given, key, user, slug, id);
      config.connected_accounts[slug].push_back(id);
    }
    check_number_of_shared(tx, *given, key, config.connected_accounts[slug]);
  }
}

void clear_manage_connections(SessionConfig& config, Json& kept) {
  config.manage_connections = true;
  config.callback_url.clear();
  kept.erase("manage_connections");
}

// true, false, or an object whose members replace what is stored of theirs alone.
void read_manage_connections(const ObjectReader& body, SessionConfig& config, Json& kept) {
  if (body.value("manage_connections").is_boolean()) {
    config.manage_connections = *body.boolean("manage_connections");
    return;
  }
  const auto given = body.object("manage_connections");
  if (!given) return clear_manage_connections(config, kept);
  for (const char* key : {"enabled", "enable"}) {
    if (given->mentions(key)) config.manage_connections = given->boolean(key).value_or(true);
  }
  if (given->mentions("callback_url")) config.callback_url = given->text("callback_url");
  check_callback_url(config.callback_url);
  for (const char* flag : {"enable_wait_for_connections", "enable_connection_removal"}) {
    if (!given->mentions(flag)) continue;
    if (given->boolean(flag) == true && flag == std::string_view("enable_connection_removal"))
      given->fail(flag, "is not offered", "delete accounts with DELETE /api/v3/connected_accounts/{id}");
    kept["manage_connections"].merge_patch({{flag, given->value(flag)}});
  }
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

void check_tags(Engine& engine, const ObjectReader& body) {
  if (!body.has("tags")) return;
  check_choice(body, "tags", [&](const std::string& name) { return is_tag(engine, name); });
}

void check_tools_of(Engine& engine, const ObjectReader& tools, const std::string& key,
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

void check_tools(Engine& engine, const ObjectReader& body) {
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
void check_preload(const ObjectReader& body) {
  const auto given = body.object("preload");
  if (!given || !given->has("tools") || given->value("tools") == "all") return;
  if (!given->value("tools").is_array()) given->fail("tools", "is neither a list of strings nor \"all\"");
  given->texts("tools");
}

void check_number_of_pinned(const ObjectReader& body, const SessionConfig& config) {
  if (!body.mentions("connected_accounts") && !body.mentions("multi_account")) return;
  const std::size_t limit = account_limit(config).value_or(1);
  for (const auto& [toolkit, ids] : config.connected_accounts) {
    if (ids.size() <= limit) continue;
    body.fail("connected_accounts",
              "pins more accounts of " + in_quotes(toolkit) +
                  " than the session may have: " + std::to_string(limit),
              "pin one, or enable multi_account");
  }
}

void check_switches(const ObjectReader& body) {
  for (const auto& [object, flag] :
       {std::pair("execute", "enable_multi_execute"), std::pair("search", "enable"),
        std::pair("workbench", "enable"), std::pair("workbench", "enable_proxy_execution")}) {
    if (const auto given = body.object(object)) given->boolean(flag);
  }
}

// A restriction that is not understood must not be lost: the session would do more than it may.
void check_restrictions(Engine& engine, const ObjectReader& body) {
  check_members(body);
  check_preload(body);
  check_tags(engine, body);
  if (body.has("tools")) check_tools(engine, body);
  check_switches(body);
  const auto experimental = body.object("experimental");
  if (!experimental) return;
  for (const char* key : {"permissions", "session_config_id"}) {
    if (!experimental->has(key)) continue;
    throw Error(ErrorCode::Unsupported, "\"" + experimental->name_of(key) + "\" is not offered here",
                "restrict the session by toolkits, tools and tags");
  }
}

void check_link_url(const ObjectReader& body) {
  if (const auto given = body.object("experimental")) check_callback_url(given->text("link_url_overwrite"));
}

// Null clears.
void keep_objects(const ObjectReader& body, Json& kept) {
  for (const std::string_view key : kReplacedObjects) {
    if (!body.mentions(key)) continue;
    kept.erase(std::string(key));
    if (!body.has(key)) continue;
    if (!body.value(key).is_structured()) body.fail(key, "is not an object");
    kept[std::string(key)] = body.value(key);
  }
  for (const std::string_view key : kMergedObjects) {
    if (!body.mentions(key)) continue;
    if (body.object(key)) {
      kept[std::string(key)].merge_patch(body.value(key));
    } else {
      kept.erase(std::string(key));
    }
  }
}

}  // namespace

void read_session_config(Engine& engine, Transaction& tx, const UserId& user, const ObjectReader& body,
                         SessionConfig& config) {
  Json kept = parse_json(config.extra_json, "stored session");
  if (body.mentions("toolkits")) read_toolkits(engine, body, config, kept);
  if (body.mentions("auth_configs")) read_auth_configs(engine, tx, body, config);
  if (body.mentions("connected_accounts")) read_pinned_accounts(engine, tx, user, body, config);
  if (body.mentions("manage_connections")) read_manage_connections(body, config, kept);
  check_multi_account(body);
  check_restrictions(engine, body);
  check_link_url(body);
  keep_objects(body, kept);
  config.extra_json = dump_json(kept);
  check_number_of_pinned(body, config);
}

}  // namespace coffer::api::v3
