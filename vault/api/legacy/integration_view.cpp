#include "vault/api/legacy/integration_view.h"

#include <nlohmann/json.hpp>

#include "vault/api/legacy/app_view.h"
#include "vault/api/v3/auth_config_view.h"
#include "vault/base/json.h"

namespace coffer::api::legacy {
namespace {

// For OAuth2 too: a subdomain, say, that is asked for before the user signs in.
Json expected_fields(const Catalog& catalog, const AuthConfig& config) {
  const Toolkit* toolkit = catalog.find_toolkit(config.toolkit);
  const AuthMode* mode = toolkit == nullptr ? nullptr : toolkit->find_auth(config.scheme);
  return mode == nullptr ? Json::array() : input_fields(*mode);
}

}  // namespace

Json integration_view(Transaction& tx, const Catalog& catalog, const AuthConfig& config) {
  Json known = v3::auth_config_view(tx, catalog, config);
  return {{"id", config.id.str()},
          {"name", config.name},
          {"authScheme", known["auth_scheme"]},
          {"createdAt", known["created_at"]},
          {"updatedAt", known["last_updated_at"]},
          {"enabled", config.is_enabled},
          {"deleted", false},
          {"appId", config.toolkit},
          {"appName", config.toolkit},
          {"logo", known["toolkit"]["logo"]},
          {"useComposioAuth", config.is_managed},
          {"authConfig", known["credentials"]},
          {"expectedInputFields", expected_fields(catalog, config)},
          {"limitedActions", Json::array()},
          {"connections", Json::array()},
          {"_count", {{"connections", known["no_of_connections"]}}},
          {"member", Json::object()},
          {"defaultConnectorId", nullptr}};
}

}  // namespace coffer::api::legacy
