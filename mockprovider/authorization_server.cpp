#include "mockprovider/authorization_server.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/authorize_endpoint.h"
#include "mockprovider/introspection_endpoint.h"
#include "mockprovider/metadata_endpoints.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/revocation_endpoint.h"
#include "mockprovider/token_endpoint.h"
#include "mockprovider/userinfo_endpoint.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

ServerResponse plain_error(int status, const std::string& error, Exchange& exchange) {
  exchange.entry.error = error;
  return ServerResponse::json(status, dump_json({{"error", error}})).with_header("Cache-Control", "no-store");
}

using Serve = ServerResponse (*)(Tenant&, const Profile&, const ServerRequest&, Exchange&);

struct Endpoint {
  std::string_view path;
  std::string_view name;
  std::string_view methods;
  Serve serve;
};

constexpr Endpoint kEndpoints[] = {
    {"authorize", "authorize", "GET, POST", serve_authorize},
    {"login", "login", "POST", serve_login},
    {"consent", "consent", "POST", serve_consent},
    {"token", "token", "POST", serve_token},
    {"revoke", "revoke", "POST", serve_revoke},
    {"introspect", "introspect", "POST", serve_introspect},
    {"userinfo", "userinfo", "GET, POST", serve_userinfo},
    {"jwks", "jwks", "GET", serve_jwks},
    {".well-known/oauth-authorization-server", "discovery", "GET", serve_discovery},
    {".well-known/openid-configuration", "discovery", "GET", serve_discovery},
};

const Endpoint* find_endpoint(std::string_view name) {
  const auto found = std::find_if(std::begin(kEndpoints), std::end(kEndpoints),
                                  [&](const Endpoint& e) { return e.name == name; });
  return found == std::end(kEndpoints) ? nullptr : found;
}

bool allows(const Endpoint& endpoint, const std::string& method) {
  const auto methods = split(endpoint.methods, ',');
  return std::any_of(methods.begin(), methods.end(),
                     [&](const std::string& m) { return m.ends_with(method); });
}

}  // namespace

std::string endpoint_name(std::string_view path) {
  for (const auto& endpoint : kEndpoints) {
    if (endpoint.path == path) return std::string(endpoint.name);
  }
  return "unknown";
}

ServerResponse serve_authorization_server(Tenant& tenant, const Profile& profile,
                                          const ServerRequest& request, Exchange& exchange) {
  const bool is_refresh = exchange.entry.endpoint == "refresh";
  const Endpoint* endpoint = find_endpoint(is_refresh ? "token" : exchange.entry.endpoint);
  const bool has_no_revocation =
      endpoint && endpoint->name == "revoke" && profile.provider->revoke_url.empty();
  if (!endpoint || has_no_revocation) return plain_error(404, "not_found", exchange);
  if (!allows(*endpoint, request.method)) {
    return plain_error(405, "method_not_allowed", exchange)
        .with_header("Allow", std::string(endpoint->methods));
  }
  return endpoint->serve(tenant, profile, request, exchange);
}

std::string account_of_request(Tenant& tenant, const Fields& parameters) {
  for (const char* name : {"refresh_token", "token"}) {
    const Token* token = tenant.grants.find(text_of(parameters, name));
    if (token) return tenant.grants.family_of(*token)->account;
  }
  if (const auto* pending = tenant.pending.find(text_of(parameters, "transaction"))) return pending->account;
  const std::string by_code = tenant.grants.account_of_code(text_of(parameters, "code"));
  return by_code.empty() ? text_of(parameters, "login_hint") : by_code;
}

}  // namespace coffer::mock
