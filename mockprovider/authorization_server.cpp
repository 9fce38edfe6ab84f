#include "mockprovider/authorization_server.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/authorize_endpoint.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/token_answer.h"
#include "mockprovider/token_endpoint.h"
#include "vault/base/json.h"
#include "vault/catalog/template.h"

namespace coffer::mock {
namespace {

ServerResponse plain_error(int status, const std::string& error, Exchange& exchange) {
  exchange.entry.error = error;
  return ServerResponse::json(status, dump_json({{"error", error}})).with_header("Cache-Control", "no-store");
}

Json auth_methods(const Profile& profile) {
  if (profile.provider->token_auth == Provider::TokenAuth::Basic)
    return Json::array({"client_secret_basic", "none"});
  return Json::array({"client_secret_basic", "client_secret_post", "none"});
}

// RFC 8414 section 2 and OpenID Connect Discovery section 3, as far as they are served.
ServerResponse serve_discovery(Tenant& tenant, const Profile& profile, const ServerRequest&, Exchange&) {
  const std::string issuer = tenant.issuer_of(profile);
  Json metadata = {{"issuer", issuer},
                   {"authorization_endpoint", issuer + "/authorize"},
                   {"token_endpoint", issuer + "/token"},
                   {"introspection_endpoint", issuer + "/introspect"},
                   {"userinfo_endpoint", issuer + "/userinfo"},
                   {"response_types_supported", {"code"}},
                   {"response_modes_supported", {"query"}},
                   {"grant_types_supported", {"authorization_code", "refresh_token"}},
                   {"token_endpoint_auth_methods_supported", auth_methods(profile)},
                   {"code_challenge_methods_supported", {"S256"}},
                   {"subject_types_supported", {"public"}},
                   {"authorization_response_iss_parameter_supported", true}};
  if (!profile.provider->revoke_url.empty()) metadata["revocation_endpoint"] = issuer + "/revoke";
  return ServerResponse::json(200, dump_json(metadata));
}

Json userinfo(const Tenant& tenant, const Profile& profile, const std::string& email) {
  const Json account = account_values(tenant, email);
  if (!profile.userinfo) {
    return {{"sub", subject_of(profile.id(), email)},
            {"email", email},
            {"email_verified", true},
            {"name", account["name"]}};
  }
  const Json values = {{"account", account}};
  return render_json(*profile.userinfo, {values, tenant.clock.now(), nullptr}).value_or(Json::object());
}

ServerResponse serve_userinfo(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                              Exchange& exchange) {
  const std::string value = bearer_token(request);
  const Token* token = tenant.grants.find(value);
  const bool is_ours = token && token->kind == TokenKind::Access &&
                       tenant.grants.family_of(*token)->provider == profile.id() &&
                       tenant.grants.is_live(*token);
  if (!is_ours) {
    // RFC 6750 section 3.1: no error code where no credential came.
    const std::string error = value.empty() ? "" : ", error=\"invalid_token\"";
    return plain_error(401, "invalid_token", exchange)
        .with_header("WWW-Authenticate", "Bearer realm=\"" + profile.id() + "\"" + error);
  }
  const Family& family = *tenant.grants.family_of(*token);
  exchange.entry.account = family.account;
  exchange.entry.client_id = family.client_id;
  exchange.entry.family = family.id;
  exchange.entry.parent = token->id;
  return ServerResponse::json(200, dump_json(userinfo(tenant, profile, family.account)))
      .with_header("Cache-Control", "no-store");
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
