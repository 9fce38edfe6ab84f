#include "vault/api/v3/session_input.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "vault/api/v3/session_accounts.h"
#include "vault/api/v3/session_restrictions.h"
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
    if (!found->is_enabled) given->fail(key, "names an auth config that is disabled: " + in_quotes(id.str()));
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
    const std::vector<std::string> ids = given->texts(key);
    if (ids.empty()) given->fail(key, "is empty", "leave the toolkit out to use all of the user's accounts");
    for (const std::string& text : ids) {
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
  check_restrictions(engine, body);
  Json kept = parse_json(config.extra_json, "stored session");
  if (body.mentions("toolkits")) read_toolkits(engine, body, config, kept);
  if (body.mentions("auth_configs")) read_auth_configs(engine, tx, body, config);
  if (body.mentions("connected_accounts")) read_pinned_accounts(engine, tx, user, body, config);
  if (body.mentions("manage_connections")) read_manage_connections(body, config, kept);
  check_link_url(body);
  keep_objects(body, kept);
  config.extra_json = dump_json(kept);
  check_number_of_pinned(body, config);
}

}  // namespace coffer::api::v3
