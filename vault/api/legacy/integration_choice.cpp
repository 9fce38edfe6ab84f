#include "vault/api/legacy/integration_choice.h"

#include <algorithm>

#include "vault/api/v3/auth_config_change.h"
#include "vault/api/wire/query.h"
#include "vault/base/error.h"
#include "vault/store/auth_config_store.h"

namespace coffer::api::legacy {
namespace {

bool has_own_client(const IntegrationRequest& request) {
  return !request.input.client_id.value_or("").empty();
}

// Newest first. One of a scheme that the catalog no longer offers for its toolkit could not be connected.
std::vector<AuthConfig> enabled_ones(Engine& engine, const IntegrationRequest& request) {
  auth_config_store::Query query;
  query.toolkits = {request.toolkit->slug};
  query.page.limit = kMostItems;
  std::vector<AuthConfig> found = auth_config_store::list(*engine.database().read(), query).items;
  std::erase_if(found, [&](const AuthConfig& config) {
    return request.toolkit->find_auth(config.scheme) == nullptr ||
           (request.scheme && config.scheme != *request.scheme);
  });
  return found;
}

bool is_of_client(Engine& engine, const AuthConfig& config, const v3::AuthConfigInput& input) {
  if (config.is_managed || config.client_id != input.client_id) return false;
  if (input.scopes && *input.scopes != config.scopes) return false;
  const ClientCredentials client = auth_config_store::open_client(*engine.database().read(), config.id);
  return input.client_secret ? client.client_secret == *input.client_secret : client.client_secret.empty();
}

void require_offered(const Toolkit& toolkit, AuthScheme scheme) {
  if (toolkit.find_auth(scheme) != nullptr) return;
  throw Error(ErrorCode::InvalidArgument,
              "scheme " + std::string(to_string(scheme)) + " is no way of authenticating at " + toolkit.name,
              "GET /api/v1/apps/" + toolkit.slug + " lists its schemes");
}

AuthConfig own_integration(Engine& engine, IntegrationRequest request) {
  request.scheme = request.scheme.value_or(AuthScheme::OAuth2);
  require_offered(*request.toolkit, *request.scheme);
  if (!request.wants_new) {
    for (AuthConfig& known : enabled_ones(engine, request)) {
      if (is_of_client(engine, known, request.input)) return std::move(known);
    }
  }
  return v3::create_custom_auth_config(engine, *request.toolkit, *request.scheme, request.input);
}

bool managed_fits(const Engine& engine, const IntegrationRequest& request) {
  const AuthMode* mode = engine.managed_mode(*request.toolkit);
  return mode != nullptr && (!request.scheme || mode->scheme == *request.scheme);
}

}  // namespace

AuthConfig choose_integration(Engine& engine, IntegrationRequest request) {
  if (has_own_client(request)) return own_integration(engine, std::move(request));
  const bool is_managed = managed_fits(engine, request);
  if (!is_managed && request.wants_new && request.scheme) {
    return v3::create_custom_auth_config(engine, *request.toolkit, *request.scheme, request.input);
  }
  if (!(is_managed && request.wants_managed)) {
    std::vector<AuthConfig> known = enabled_ones(engine, request);
    if (!known.empty()) return std::move(known.front());
  }
  if (is_managed || !request.scheme) return engine.managed_auth_config(request.toolkit->slug);
  return v3::create_custom_auth_config(engine, *request.toolkit, *request.scheme, request.input);
}

v3::AuthConfigInput read_own_client(const std::optional<ObjectReader>& secrets) {
  v3::AuthConfigInput input;
  if (secrets) v3::read_client(*secrets, nullptr, input);
  return input;
}

std::optional<AuthScheme> read_scheme(const ObjectReader& body, const Toolkit& toolkit) {
  if (body.text("authScheme").empty()) return std::nullopt;
  return v3::read_custom_scheme(body, toolkit);
}

}  // namespace coffer::api::legacy
