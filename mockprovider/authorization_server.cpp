#include "mockprovider/authorization_server.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/authorize_endpoint.h"
#include "mockprovider/device_endpoint.h"
#include "mockprovider/interaction.h"
#include "mockprovider/introspection_endpoint.h"
#include "mockprovider/metadata_endpoints.h"
#include "mockprovider/mounts.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/par_endpoint.h"
#include "mockprovider/registration_endpoint.h"
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
    {"refresh", "refresh", "POST", serve_token},
    {"revoke", "revoke", "POST", serve_revoke},
    {"introspect", "introspect", "POST", serve_introspect},
    {"userinfo", "userinfo", "GET, POST", serve_userinfo},
    {"jwks", "jwks", "GET", serve_jwks},
    {"par", "par", "POST", serve_par},
    {"device_authorization", "device_authorization", "POST", serve_device_authorization},
    {"device", "device", "GET, POST", serve_device_page},
    {"register", "register", "POST", serve_register},
    {"register/", "registration", "GET, PUT, DELETE", serve_registration},
    {".well-known/oauth-authorization-server", "discovery", "GET", serve_discovery},
    {".well-known/openid-configuration", "discovery", "GET", serve_discovery},
};

const Endpoint* find_endpoint(std::string_view name) {
  const auto found = std::find_if(std::begin(kEndpoints), std::end(kEndpoints),
                                  [&](const Endpoint& e) { return e.name == name; });
  return found == std::end(kEndpoints) ? nullptr : found;
}

bool allows(const Endpoint& endpoint, const Profile& profile, const std::string& method) {
  if (endpoint.serve == serve_token && method == "GET" && profile.token_by_get) return true;
  const auto methods = split(endpoint.methods, ',');
  return std::any_of(methods.begin(), methods.end(),
                     [&](const std::string& m) { return m.ends_with(method); });
}

const Family* family_of_request(const Tenant& tenant, const ServerRequest& request,
                                const Fields& parameters) {
  const Token* token = tenant.grants.find(bearer_token(request));
  for (const char* name : {"refresh_token", "token", "subject_token", "access_token"}) {
    if (!token) token = tenant.grants.find(text_of(parameters, name));
  }
  return token ? tenant.grants.family_of(*token) : nullptr;
}

}  // namespace

bool is_endpoint_name(std::string_view name) {
  return find_endpoint(name) != nullptr;
}

std::string endpoint_name(std::string_view path) {
  for (const auto& endpoint : kEndpoints) {
    const bool is_below = endpoint.path.ends_with('/') && path.starts_with(endpoint.path);
    if (is_below || endpoint.path == path) return std::string(endpoint.name);
  }
  return "unknown";
}

ServerResponse serve_authorization_server(Tenant& tenant, const Profile& profile,
                                          const ServerRequest& request, Exchange& exchange) {
  const Endpoint* endpoint = find_endpoint(exchange.entry.endpoint);
  const bool has_no_revocation =
      endpoint && endpoint->name == "revoke" && profile.provider->revoke_url.empty();
  if (!endpoint || has_no_revocation) return plain_error(404, "not_found", exchange);
  if (!allows(*endpoint, profile, std::string(served_method(request)))) {
    return plain_error(405, "method_not_allowed", exchange)
        .with_header("Allow", std::string(endpoint->methods));
  }
  return endpoint->serve(tenant, profile, request, exchange);
}

std::string account_of_request(Tenant& tenant, const ServerRequest& request, const Fields& parameters) {
  if (const Family* family = family_of_request(tenant, request, parameters)) return family->account;
  const auto* pending = tenant.pending.find(text_of(parameters, "transaction"));
  if (pending && !pending->account.empty()) return pending->account;
  if (const auto* device = tenant.devices.find(text_of(parameters, "device_code"))) {
    return device->consent.account;
  }
  std::string by_code = tenant.grants.account_of_code(text_of(parameters, "code"));
  if (!by_code.empty()) return by_code;
  const std::string typed = text_of(parameters, pending ? "email" : "login_hint");
  const Account* account = tenant.accounts.find(typed);
  return account ? account->email : typed;
}

std::string client_of_request(Tenant& tenant, const ServerRequest& request, const Fields& parameters,
                              const std::vector<std::string>& path) {
  std::string presented = presented_client(request, parameters).id;
  if (!presented.empty()) return presented;
  if (const Family* family = family_of_request(tenant, request, parameters)) return family->client_id;
  if (const auto* pending = tenant.pending.find(text_of(parameters, "transaction"))) {
    return pending->request.client_id;
  }
  const std::string device_code = tenant.devices.waiting_for(text_of(parameters, "user_code"));
  if (const auto* device = tenant.devices.find(device_code)) return device->client_id;
  return path.size() == 2 && path.front() == "register" ? path.back() : "";
}

}  // namespace coffer::mock
