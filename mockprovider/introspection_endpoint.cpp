#include "mockprovider/introspection_endpoint.h"

#include <nlohmann/json.hpp>

#include "mockprovider/access_token.h"
#include "mockprovider/client_authentication.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/token_answer.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

Json introspection(const Tenant& tenant, const Profile& profile, const Client& client,
                   const std::string& value) {
  const Token* token = tenant.grants.find(value);
  if (!token || !tenant.grants.is_live(*token)) return {{"active", false}};
  const Family& family = *tenant.grants.family_of(*token);
  if (family.client_id != client.client_id || family.provider != profile.id()) return {{"active", false}};
  Json answer = {{"active", true},
                 {"client_id", family.client_id},
                 {"sub", subject_of_family(tenant, profile, family)},
                 {"aud", audience_of(tenant, profile, *token)},
                 {"iss", tenant.issuer_of(profile)},
                 {"iat", to_ms(token->issued_at) / 1000},
                 {"jti", token->id}};
  if (!family.account.empty()) answer["username"] = family.account;
  if (!token->scopes.empty()) answer["scope"] = join(token->scopes, " ");
  if (token->kind == TokenKind::Access) answer["token_type"] = "Bearer";
  if (token->expires_at) answer["exp"] = to_ms(*token->expires_at) / 1000;
  return answer;
}

// RFC 7662 section 2.1: without any secret, anybody could try tokens out.
std::optional<Refusal> refuse(const ClientRequest& asked) {
  if (asked.client->client_secret.empty())
    return Refusal{"invalid_client", "introspection is for clients with a secret"};
  if (text_of(asked.parameters, "token").empty()) return Refusal{"invalid_request", "token is missing"};
  return std::nullopt;
}

}  // namespace

ServerResponse serve_introspect(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                                Exchange& exchange) {
  const auto read = read_client_request(tenant, profile, request, exchange);
  const auto* asked = std::get_if<ClientRequest>(&read);
  const auto refusal = asked ? refuse(*asked) : std::optional(std::get<Refusal>(read));
  if (refusal) {
    exchange.entry.error = refusal->error;
    return token_error(tenant, profile, request, *refusal);
  }
  const std::string value = text_of(asked->parameters, "token");
  note_token(tenant, value, exchange);
  return ServerResponse::json(200, dump_json(introspection(tenant, profile, *asked->client, value)))
      .with_header("Cache-Control", "no-store");
}

}  // namespace coffer::mock
