#include <nlohmann/json.hpp>

#include "vault/api/v3/account_start.h"
#include "vault/api/v3/auth_config_change.h"
#include "vault/api/v3/auth_config_input.h"
#include "vault/api/v3/auth_config_view.h"
#include "vault/api/v3/routes.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/api/wire/paging.h"
#include "vault/api/wire/query.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/store/auth_config_store.h"

namespace coffer::api::v3 {
namespace {

ServerResponse success() {
  return ServerResponse::json(200, R"({"success":true})");
}

ServerResponse created(const AuthConfig& config) {
  Json body = {{"toolkit", {{"slug", config.toolkit}}},
               {"auth_config",
                {{"id", config.id.str()},
                 {"auth_scheme", to_string(config.scheme)},
                 {"is_composio_managed", config.is_managed}}}};
  if (!config.tools_for_execution.empty()) {
    body["auth_config"]["restrict_to_following_tools"] = config.tools_for_execution;
  }
  return ServerResponse::json(201, dump_json(body));
}

bool asks_for_custom(const ObjectReader& body) {
  const std::string type = body.text("type");
  if (type.empty() || type == "use_composio_managed_auth") return false;
  if (type == "use_custom_auth") return true;
  body.fail("type", "is none of its values", "use use_composio_managed_auth or use_custom_auth");
}

const Provider* provider_of(const Engine& engine, const AuthMode* mode) {
  return mode == nullptr ? nullptr : engine.catalog().find_provider(mode->provider);
}

ServerResponse create_auth_config(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const std::string slug = body.required_object("toolkit").required_text("slug");
  const Toolkit* toolkit = engine.catalog().find_toolkit(slug);
  if (toolkit == nullptr) {
    throw Error(ErrorCode::InvalidArgument, "\"toolkit.slug\" names no toolkit: " + in_quotes(slug),
                "GET /api/v3/toolkits lists them");
  }
  const auto config = body.object("auth_config");
  if (!config) return created(managed_auth_config(engine, *toolkit, {}));
  const bool is_custom = asks_for_custom(*config);
  const AuthMode* mode =
      is_custom ? toolkit->find_auth(read_custom_scheme(*config, *toolkit)) : engine.managed_mode(*toolkit);
  AuthConfigInput input = read_auth_config_input(*config, provider_of(engine, mode));
  if (mode != nullptr) read_shared_credentials(*config, *mode, input);
  return created(is_custom ? create_custom_auth_config(engine, *toolkit, mode->scheme, input)
                           : managed_auth_config(engine, *toolkit, input));
}

ServerResponse get_auth_config(Engine& engine, const ServerRequest& request) {
  const auto tx = engine.database().read();
  const AuthConfig config = auth_config_or_not_found(*tx, AuthConfigId(request.param("id")));
  return ServerResponse::json(200, dump_json(auth_config_view(*tx, engine.catalog(), config)));
}

ServerResponse list_auth_configs(Engine& engine, const ServerRequest& request) {
  auth_config_store::Query query;
  for (const std::string& slug : list_param(request, "toolkit_slug"))
    query.toolkits.push_back(to_lower(slug));
  for (std::string& id : list_param(request, "auth_config_ids")) query.ids.emplace_back(std::move(id));
  query.is_managed = bool_param(request, "is_composio_managed");
  query.include_disabled = bool_param(request, "show_disabled").value_or(false);
  query.search = text_param(request, "search");
  query.page = page_param(request);
  const auto tx = engine.database().read();
  const auto found = auth_config_store::list(*tx, query);
  Json items = Json::array();
  for (const AuthConfig& config : found.items)
    items.push_back(auth_config_view(*tx, engine.catalog(), config));
  return page_response(std::move(items), found.total, query.page);
}

void check_update_type(const ObjectReader& body) {
  const std::string type = body.text("type");
  if (type.empty() || type == "custom" || type == "default") return;
  body.fail("type", "is none of its values", "use custom or default");
}

ServerResponse update_auth_config(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const AuthConfigId id(request.param("id"));
  check_update_type(body);
  const AuthConfig known = auth_config_or_not_found(*engine.database().read(), id);
  const Toolkit* toolkit = engine.catalog().find_toolkit(known.toolkit);
  const AuthMode* mode = toolkit == nullptr ? nullptr : toolkit->find_auth(known.scheme);
  AuthConfigInput input = read_auth_config_input(body, provider_of(engine, mode));
  if (body.has("shared_credentials")) {
    read_shared_credentials(body, *mode_of_config(engine, id).mode, input);
  }
  change_auth_config(engine, id, std::move(input));
  return success();
}

ServerResponse set_auth_config_status(Engine& engine, const ServerRequest& request) {
  const std::string status = request.param("status");
  if (status != "ENABLED" && status != "DISABLED") {
    throw Error(ErrorCode::InvalidArgument, in_quotes(status) + " is no status of an auth config",
                "use ENABLED or DISABLED");
  }
  enable_auth_config(engine, AuthConfigId(request.param("id")), status == "ENABLED");
  return success();
}

ServerResponse delete_auth_config(Engine& engine, const ServerRequest& request) {
  const bool revoke_first = bool_param(request, "revoke_on_delete").value_or(false);
  remove_auth_config(engine, AuthConfigId(request.param("id")), revoke_first);
  return ServerResponse::json(200, "{}");
}

}  // namespace

std::vector<RouteEntry> auth_config_routes() {
  constexpr const char* kRefused =
      "an outbound proxy (proxy_config) and is_enabled_for_tool_router: false are refused with 501";
  return {{"POST",
           "/auth_configs",
           create_auth_config,
           "Create an auth config, or get the managed one",
           "a custom auth config keeps its client and shows only the public half",
           {},
           Support::Partial,
           kRefused},
          {"GET", "/auth_configs", list_auth_configs, "List auth configs",
           "auth configs are listed by toolkit, kind and words",
           "toolkit_slug,auth_config_ids,is_composio_managed,search,show_disabled,limit,cursor"},
          {"GET", "/auth_configs/:id", get_auth_config, "Get an auth config",
           "optional parts of an auth config are absent, not null"},
          {"PATCH",
           "/auth_configs/:id",
           update_auth_config,
           "Change name, scopes or client of an auth config",
           "updating changes what is named and nothing else",
           {},
           Support::Partial,
           kRefused},
          {"PATCH", "/auth_configs/:id/:status", set_auth_config_status, "Enable or disable an auth config",
           "a disabled auth config is hidden from lists and comes back"},
          {"DELETE", "/auth_configs/:id", delete_auth_config, "Delete an auth config",
           "a deleted auth config is absent, and its accounts are switched off", "revoke_on_delete"}};
}

}  // namespace coffer::api::v3
