#include <nlohmann/json.hpp>

#include "vault/api/v3/project_config.h"
#include "vault/api/v3/routes.h"
#include "vault/api/wire/body.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"

namespace coffer::api::v3 {
namespace {

constexpr std::size_t kMostTextBytes = 2048;

// Silence would look like consent: what nothing here does must not be accepted.
void refuse_flag(const ObjectReader& body, const char* key, bool refused) {
  if (body.boolean(key) != refused) return;
  throw Error(ErrorCode::Unsupported,
              in_quotes(body.name_of(key)) + " cannot be " + (refused ? "true" : "false") + " here",
              "leave it out");
}

void read_config(const ObjectReader& body, Json& config) {
  refuse_flag(body, "is_2FA_enabled", true);
  refuse_flag(body, "require_mcp_api_key", false);
  // Values stay masked, whatever this says: no answer holds a credential.
  for (const char* key : {"mask_secret_keys_in_connected_account", "refuse_managed_oauth_create"}) {
    if (const auto flag = body.boolean(key)) config[key] = *flag;
  }
  const std::string visibility = body.text("log_visibility_setting");
  if (!visibility.empty() && visibility != "show_all" && visibility != "dont_store_data") {
    body.fail("log_visibility_setting", "is none of its values", "use show_all or dont_store_data");
  }
  if (!visibility.empty()) config["log_visibility_setting"] = visibility;
  for (const char* key : {"logo_url", "display_name"}) {
    const auto text = body.optional_text(key);
    if (text && text->size() > kMostTextBytes) body.fail(key, "is longer than 2048 bytes");
    if (text) config[key] = *text;
  }
}

ServerResponse get_project_config(Engine& engine, const ServerRequest&) {
  return ServerResponse::json(200, dump_json(stored_project_config(*engine.database().read())));
}

ServerResponse update_project_config(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const auto tx = engine.database().write();
  Json config = stored_project_config(*tx);
  read_config(parsed.root(), config);
  store_project_config(*tx, config, engine.env().clock.now());
  tx->commit();
  return ServerResponse::json(200, dump_json(config));
}

// One vault is one project; its caller is whoever holds the key.
ServerResponse get_caller(Engine& engine, const ServerRequest&) {
  const Json project = {{"id", engine.project_id()},
                        {"name", "coffer"},
                        {"org", {{"id", engine.organization_id()}, {"name", "coffer"}}}};
  return ServerResponse::json(200, dump_json({{"project", project}}));
}

}  // namespace

std::vector<RouteEntry> project_routes() {
  return {
      {"GET", "/org/project/config", get_project_config, "Get the project's settings",
       "the masking switch is stored and answered, and changes no mask"},
      {"PATCH",
       "/org/project/config",
       update_project_config,
       "Change the project's settings",
       "the masking switch is stored and answered, and changes no mask",
       {},
       Support::Partial,
       "values stay masked whatever the switch says; is_2FA_enabled: true and require_mcp_api_key: false are "
       "refused with 501"},
      {"GET",
       "/auth/session/info",
       get_caller,
       "Tell which project the API key belongs to",
       "the caller is told its project",
       {},
       Support::Partial,
       "project and organization only"}};
}

}  // namespace coffer::api::v3
