#include "mockprovider/credential_check.h"

#include <nlohmann/json.hpp>

#include "mockprovider/resources.h"
#include "vault/base/json.h"
#include "vault/base/secret.h"
#include "vault/catalog/template.h"

namespace coffer::mock {
namespace {

constexpr std::string_view kTokenPlaceholder = "{{access_token}}";

// The access token out of a value that was made from this template.
std::string extract_token(std::string_view shape, std::string_view value) {
  const std::size_t at = shape.find(kTokenPlaceholder);
  if (at == std::string_view::npos) return {};
  const std::string_view before = shape.substr(0, at);
  const std::string_view after = shape.substr(at + kTokenPlaceholder.size());
  if (value.size() <= before.size() + after.size() || !value.ends_with(after)) return {};
  // The scheme's name is the same in any case (RFC 9110 section 11.1).
  if (!equals_ignoring_case(value.substr(0, before.size()), before)) return {};
  return std::string(value.substr(before.size(), value.size() - before.size() - after.size()));
}

// Further headers by which the service takes an access token.
const Json& accepted_headers(const Toolkit& toolkit) {
  static const Json none = Json::object();
  if (!toolkit.mock_seed) return none;
  const auto accepts = toolkit.mock_seed->find("accepts");
  return accepts == toolkit.mock_seed->end() ? none : *accepts;
}

std::string presented_token(const Toolkit& toolkit, const AuthMode& mode, const ServerRequest& request) {
  for (const auto& [name, shape] : mode.headers) {
    if (auto token = extract_token(shape, request.header(name)); !token.empty()) return token;
  }
  for (const auto& [name, shape] : accepted_headers(toolkit).items()) {
    auto token = extract_token(shape.get_ref<const std::string&>(), request.header(name));
    if (!token.empty()) return token;
  }
  for (const auto& [name, shape] : mode.query) {
    if (auto token = extract_token(shape, request.query_value(name)); !token.empty()) return token;
  }
  return {};
}

Caller check_oauth(const Tenant& tenant, const Toolkit& toolkit, const AuthMode& mode,
                   const ServerRequest& request, Exchange& exchange) {
  const std::string value = presented_token(toolkit, mode, request);
  if (value.empty()) return {};
  Caller caller;
  caller.verdict = Caller::Verdict::Unknown;
  const Token* token = tenant.grants.find(value);
  exchange.hide(value, token ? token->id : "credential");
  if (!token || token->kind != TokenKind::Access) return caller;
  const Family& family = *tenant.grants.family_of(*token);
  exchange.entry.parent = token->id;
  exchange.entry.family = family.id;
  if (family.provider != mode.provider) return caller;
  caller.is_oauth = true;
  caller.account = family.account;
  caller.client_id = family.client_id;
  caller.provider = family.provider;
  caller.scopes = token->scopes;
  if (!is_for(*token, resource_of(tenant, toolkit))) return caller;
  if (tenant.grants.is_live(*token)) {
    caller.verdict = Caller::Verdict::Accepted;
  } else if (!token->is_revoked && family.is_alive()) {
    caller.verdict = Caller::Verdict::Expired;
  }
  return caller;
}

// The names that header and query templates of key schemes use.
Json template_values(const AuthMode& mode, const Fields& fields) {
  Json values = Json::object();
  for (const auto& field : mode.fields) {
    const auto value = find_field(fields, field.name).value_or(std::string_view());
    values[field.name] = value;
    if (!field.is_secret) continue;
    if (mode.scheme == AuthScheme::ApiKey) values["api_key"] = value;
    if (mode.scheme == AuthScheme::BearerToken) values["token"] = value;
    if (mode.scheme == AuthScheme::Basic) values["password"] = value;
  }
  return values;
}

bool carries(const ServerRequest& request, const AuthMode& mode, const TemplateScope& scope) {
  const auto is_same = [&](const std::string& shape, std::string_view presented) {
    const auto wanted = render_text(shape, scope);
    return wanted && constant_time_equal(*wanted, presented);
  };
  for (const auto& [name, shape] : mode.headers) {
    if (!is_same(shape, request.header(name))) return false;
  }
  for (const auto& [name, shape] : mode.query) {
    if (!is_same(shape, request.query_value(name))) return false;
  }
  return !mode.headers.empty() || !mode.query.empty();
}

void hide_presented(const AuthMode& mode, const ServerRequest& request, Exchange& exchange) {
  for (const auto& [name, shape] : mode.headers)
    exchange.hide(std::string(request.header(name)), "credential");
  for (const auto& [name, shape] : mode.query)
    exchange.hide(std::string(request.query_value(name)), "credential");
}

bool presents_something(const AuthMode& mode, const ServerRequest& request) {
  for (const auto& [name, shape] : mode.headers) {
    if (!request.header(name).empty()) return true;
  }
  for (const auto& [name, shape] : mode.query) {
    if (!request.query_value(name).empty()) return true;
  }
  return false;
}

Caller check_keys(const Tenant& tenant, const Toolkit& toolkit, const AuthMode& mode,
                  const ServerRequest& request, Exchange& exchange) {
  Caller caller;
  if (mode.scheme != AuthScheme::NoAuth && !presents_something(mode, request)) return caller;
  caller.verdict = Caller::Verdict::Unknown;
  hide_presented(mode, request, exchange);
  for (const auto& account : tenant.accounts.all()) {
    const Fields fields = tenant.keys.fields_of(toolkit, mode, account.email);
    const Json values = template_values(mode, fields);
    if (mode.scheme != AuthScheme::NoAuth && !carries(request, mode, {values, tenant.clock.now(), nullptr}))
      continue;
    for (const auto& field : mode.fields) {
      if (field.is_secret) exchange.hide(values[field.name].get<std::string>(), "credential");
    }
    caller.verdict = Caller::Verdict::Accepted;
    caller.account = account.email;
    return caller;
  }
  return caller;
}

}  // namespace

Caller check_credential(const Tenant& tenant, const Toolkit& toolkit, const ServerRequest& request,
                        Exchange& exchange) {
  Caller best;
  for (const auto& mode : toolkit.auth) {
    Caller caller = mode.provider.empty() ? check_keys(tenant, toolkit, mode, request, exchange)
                                          : check_oauth(tenant, toolkit, mode, request, exchange);
    if (caller.verdict == Caller::Verdict::Accepted) return caller;
    if (best.verdict == Caller::Verdict::Missing || caller.verdict == Caller::Verdict::Expired) {
      best = std::move(caller);
    }
  }
  return best;
}

}  // namespace coffer::mock
