#include <nlohmann/json.hpp>

#include "vault/api/legacy/integration_choice.h"
#include "vault/api/legacy/integration_view.h"
#include "vault/api/legacy/list_page.h"
#include "vault/api/legacy/routes.h"
#include "vault/api/v3/auth_config_change.h"
#include "vault/api/v3/auth_config_view.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/api/wire/query.h"
#include "vault/base/encoding.h"
#include "vault/base/json.h"
#include "vault/store/auth_config_store.h"

namespace coffer::api::legacy {
namespace {

ServerResponse shown(Engine& engine, const AuthConfigId& id) {
  const auto tx = engine.database().read();
  const AuthConfig config = v3::auth_config_or_not_found(*tx, id);
  return ServerResponse::json(200, dump_json(integration_view(*tx, engine.catalog(), config)));
}

ServerResponse list_integrations(Engine& engine, const ServerRequest& request) {
  auth_config_store::Query query;
  for (const char* name : {"appName", "appId"}) {
    for (const std::string& app : list_param(request, name)) query.toolkits.push_back(to_lower(app));
  }
  query.include_disabled = bool_param(request, "showDisabled").value_or(false);
  query.page = list_page_param(request);
  const auto tx = engine.database().read();
  const auto found = auth_config_store::list(*tx, query);
  Json items = Json::array();
  for (const AuthConfig& config : found.items) {
    items.push_back(integration_view(*tx, engine.catalog(), config));
  }
  return list_page_response(std::move(items), found.total, query.page);
}

ServerResponse get_integration(Engine& engine, const ServerRequest& request) {
  return shown(engine, AuthConfigId(request.param("integration")));
}

// The Python SDK's. A managed integration keeps its name whatever is asked for: there is one for all.
ServerResponse create_integration(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  IntegrationRequest wanted;
  wanted.toolkit = &v3::toolkit_or_not_found(engine.catalog(), body.required_text("appId"));
  wanted.scheme = read_scheme(body, *wanted.toolkit);
  wanted.input = read_own_client(body.object("authConfig"));
  if (!body.text("name").empty()) wanted.input.name = body.text("name");
  wanted.wants_managed = body.boolean("useComposioAuth").value_or(false);
  wanted.wants_new = body.boolean("forceNewIntegration").value_or(false);
  return shown(engine, choose_integration(engine, std::move(wanted)).id);
}

// The JavaScript SDK's, which reads the two ids and gets the integration itself.
ServerResponse make_integration(Engine& engine, const ServerRequest& request, bool wants_new) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const ObjectReader config = body.required_object("config");
  const std::string key = body.required_object("app").required_text("uniqueKey");
  IntegrationRequest wanted;
  wanted.toolkit = &v3::toolkit_or_not_found(engine.catalog(), key);
  wanted.scheme = read_scheme(config, *wanted.toolkit);
  wanted.input = read_own_client(config.object("integrationSecrets"));
  if (!config.text("name").empty()) wanted.input.name = config.text("name");
  wanted.wants_managed = config.boolean("useComposioAuth").value_or(false);
  wanted.wants_new = wants_new;
  const AuthConfig made = choose_integration(engine, std::move(wanted));
  const Json answer = {{"integrationId", made.id.str()}, {"authScheme", to_string(made.scheme)}};
  return ServerResponse::json(200, dump_json(answer));
}

ServerResponse create_integration_v2(Engine& engine, const ServerRequest& request) {
  return make_integration(engine, request, true);
}

ServerResponse get_or_create_integration(Engine& engine, const ServerRequest& request) {
  return make_integration(engine, request, false);
}

ServerResponse change_integration(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const AuthConfigId id(request.param("integration"));
  v3::AuthConfigInput input = read_own_client(body.object("authConfig"));
  input.is_enabled = body.boolean("enabled");
  v3::change_auth_config(engine, id, std::move(input));
  return shown(engine, id);
}

ServerResponse delete_integration(Engine& engine, const ServerRequest& request) {
  v3::remove_auth_config(engine, AuthConfigId(request.param("integration")), false);
  return ServerResponse::json(200, R"({"status":"success","count":1})");
}

}  // namespace

std::vector<RouteEntry> integration_routes() {
  constexpr const char* kChanged = "integrations are listed by app, changed, disabled and deleted";
  constexpr const char* kMade = "the JavaScript SDK's create makes a new one and get-or-create an equal one";
  return {{"GET", "/v1/integrations", list_integrations, "List integrations", kChanged},
          {"POST", "/v1/integrations", create_integration, "Create an integration, or get an equal one",
           "the Python SDK's integration for each connection is one and the same"},
          {"GET", "/v1/integrations/:integration", get_integration, "Get an integration",
           "an integration of an app with keys lists what the user has to give"},
          {"PATCH", "/v1/integrations/:integration", change_integration, "Change an integration", kChanged},
          {"DELETE", "/v1/integrations/:integration", delete_integration, "Delete an integration", kChanged},
          {"POST", "/v2/integrations/create", create_integration_v2, "Create an integration", kMade},
          {"POST", "/v2/integrations/get-or-create", get_or_create_integration,
           "Get an integration, or create one", kMade}};
}

}  // namespace coffer::api::legacy
