#include "mockprovider/userinfo_endpoint.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/client_authentication.h"
#include "mockprovider/error_answer.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/token_answer.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

ServerResponse refuse(const Profile& profile, int status, const std::string& error, Exchange& exchange,
                      bool has_token = true) {
  exchange.entry.error = error;
  return bearer_refusal(profile.id(), status, error, has_token);
}

// RFC 6750 section 2.2.
std::string token_of_form(const ServerRequest& request) {
  const std::string type = to_lower(request.header("content-type"));
  if (request.method != "POST" || !type.starts_with("application/x-www-form-urlencoded")) return {};
  return text_of(parse_form(request.body).value_or(Fields()), "access_token");
}

const Token* find_live(const Tenant& tenant, const Profile& profile, const std::string& value) {
  const Token* token = tenant.grants.find(value);
  // RFC 8707: a token that names resources is for those, and userinfo is none of them.
  const bool is_good = token && token->kind == TokenKind::Access && token->resources.empty() &&
                       tenant.grants.is_live(*token) &&
                       tenant.grants.family_of(*token)->provider == profile.id();
  return is_good ? token : nullptr;
}

// OpenID Connect Core section 5.3: claims are about a person, and a client's own token is no one's.
bool may_ask(const Profile& profile, const Token& token, const Family& family) {
  if (family.account.empty()) return false;
  const auto& scopes = token.scopes;
  return profile.userinfo_scope.empty() ||
         std::find(scopes.begin(), scopes.end(), profile.userinfo_scope) != scopes.end();
}

// OpenID Connect Core section 5.4.
Json granted_claims(const Profile& profile, const Token& token, Json userinfo) {
  for (const auto& [claim, scope] : profile.userinfo_claims) {
    const auto& scopes = token.scopes;
    if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) userinfo.erase(claim);
  }
  return userinfo;
}

}  // namespace

ServerResponse serve_userinfo(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                              Exchange& exchange) {
  const std::string by_header = bearer_token(request);
  const std::string by_form = token_of_form(request);
  if (!by_header.empty() && !by_form.empty()) return refuse(profile, 400, "invalid_request", exchange);
  const std::string& value = by_header.empty() ? by_form : by_header;
  if (value.empty()) return refuse(profile, 401, "invalid_token", exchange, false);
  const Token* token = find_live(tenant, profile, value);
  if (!token) return refuse(profile, 401, "invalid_token", exchange);
  note_token(tenant, value, exchange);
  const Family& family = *tenant.grants.family_of(*token);
  exchange.entry.client_id = family.client_id;
  if (!may_ask(profile, *token, family)) return refuse(profile, 403, "insufficient_scope", exchange);
  const Json userinfo = granted_claims(profile, *token, userinfo_of(tenant, profile, family.account));
  return ServerResponse::json(200, dump_json(userinfo)).with_header("Cache-Control", "no-store");
}

}  // namespace coffer::mock
