#include "mockprovider/resources.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "vault/base/json.h"

namespace coffer::mock {
namespace {

bool is_own_api(const Tenant& tenant, const std::string& resource) {
  const auto& toolkits = tenant.catalog.toolkits();
  return std::any_of(toolkits.begin(), toolkits.end(), [&](const Toolkit& toolkit) {
    const std::string url = resource_of(tenant, toolkit);
    return resource == url || resource.starts_with(url + "/");
  });
}

bool is_known(const Tenant& tenant, const std::string& resource) {
  const auto origin = origin_of(resource);
  if (!origin || resource.find('#') != std::string::npos) return false;
  return origin != origin_of(tenant.url) || resource == tenant.url || is_own_api(tenant, resource);
}

}  // namespace

std::optional<Refusal> refuse_resources(const Tenant& tenant, const std::vector<std::string>& resources) {
  const bool are_known = std::all_of(resources.begin(), resources.end(),
                                     [&](const std::string& resource) { return is_known(tenant, resource); });
  if (are_known) return std::nullopt;
  return Refusal{"invalid_target", "resource is unknown here, or no absolute URL without a fragment"};
}

std::string resource_of(const Tenant& tenant, const Toolkit& toolkit) {
  return tenant.url + toolkit.mock_path;
}

bool is_for(const Token& token, const std::string& resource) {
  const auto& resources = token.resources;
  return resources.empty() || std::any_of(resources.begin(), resources.end(), [&](const std::string& one) {
           return one == resource || one.starts_with(resource + "/");
         });
}

std::string resource_metadata_url(const Tenant& tenant, const Toolkit& toolkit) {
  const std::string resource = resource_of(tenant, toolkit);
  const std::string origin = origin_of(resource).value_or("");
  // RFC 9728 section 3.1: the well-known part stands between host and path.
  return origin + "/.well-known/oauth-protected-resource" + resource.substr(origin.size());
}

ServerResponse serve_resource_metadata(const Tenant& tenant, const Toolkit& toolkit) {
  const AuthMode* oauth = toolkit.find_auth(AuthScheme::OAuth2);
  if (!oauth) return ServerResponse::json(404, R"({"error":"not_found"})");
  std::set<std::string> scopes(oauth->scopes.begin(), oauth->scopes.end());
  for (const auto& tool : toolkit.tools) scopes.insert(tool.scopes_any.begin(), tool.scopes_any.end());
  const Json metadata = {{"resource", resource_of(tenant, toolkit)},
                         {"resource_name", toolkit.name},
                         {"authorization_servers", {tenant.issuer_of(tenant.profiles.at(oauth->provider))}},
                         {"scopes_supported", scopes},
                         {"bearer_methods_supported", {"header"}}};
  return ServerResponse::json(200, dump_json(metadata));
}

}  // namespace coffer::mock
