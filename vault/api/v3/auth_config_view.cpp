#include "vault/api/v3/auth_config_view.h"

#include <nlohmann/json.hpp>

#include "vault/api/v3/toolkit_view.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/connect/credentials.h"
#include "vault/model/credential_fields.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"

namespace coffer::api::v3 {
namespace {

Json credentials_view(const AuthConfig& config) {
  Json view = Json::object();
  if (credential_kind(config.scheme) != CredentialKind::Tokens) return view;
  view["scopes"] = config.scopes;
  if (config.is_managed || config.client_id.empty()) return view;
  view["client_id"] = config.client_id;
  view["client_secret"] = kMasked;
  return view;
}

Json toolkit_view(const Toolkit* toolkit, const std::string& slug) {
  return {{"slug", slug}, {"logo", toolkit == nullptr ? Json("") : toolkit_reference(*toolkit)["logo"]}};
}

Json tool_access_view(const AuthConfig& config) {
  Json view = Json::object();
  if (!config.tools_for_execution.empty()) view["tools_available_for_execution"] = config.tools_for_execution;
  if (!config.tools_for_creation.empty()) {
    view["tools_for_connected_account_creation"] = config.tools_for_creation;
  }
  return view;
}

Json input_fields(const Toolkit* toolkit, AuthScheme scheme) {
  const AuthMode* mode = toolkit == nullptr ? nullptr : toolkit->find_auth(scheme);
  Json fields = Json::array();
  if (mode == nullptr) return fields;
  for (const ConnectionField& field : asked_fields(*mode)) fields.push_back(field_view(field));
  return fields;
}

}  // namespace

Json auth_config_view(Transaction& tx, const Catalog& catalog, const AuthConfig& config) {
  const Toolkit* toolkit = catalog.find_toolkit(config.toolkit);
  Json view = {{"id", config.id.str()},
               {"uuid", config.id.str()},
               {"name", config.name},
               {"type", config.is_managed ? "default" : "custom"},
               {"status", config.is_enabled ? "ENABLED" : "DISABLED"},
               {"auth_scheme", to_string(config.scheme)},
               {"is_composio_managed", config.is_managed},
               {"no_of_connections", connection_store::count_of_auth_config(tx, config.id)},
               {"toolkit", toolkit_view(toolkit, config.toolkit)},
               {"credentials", credentials_view(config)},
               {"expected_input_fields", input_fields(toolkit, config.scheme)},
               {"tool_access_config", tool_access_view(config)},
               {"created_at", to_rfc3339(config.created_at)},
               {"last_updated_at", to_rfc3339(config.updated_at)},
               {"is_enabled_for_tool_router", true}};
  if (!config.tools_for_execution.empty()) view["restrict_to_following_tools"] = config.tools_for_execution;
  for (const std::string& name : config.shared_fields) view["shared_credentials"][name] = kMasked;
  return view;
}

AuthConfig auth_config_or_not_found(Transaction& tx, const AuthConfigId& id) {
  auto found = auth_config_store::find(tx, id);
  if (found) return std::move(*found);
  throw Error(ErrorCode::NotFound, "auth config " + in_quotes(id.str()) + " does not exist",
              "GET /api/v3/auth_configs lists them");
}

}  // namespace coffer::api::v3
