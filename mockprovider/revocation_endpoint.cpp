#include "mockprovider/revocation_endpoint.h"

#include "mockprovider/client_authentication.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/token_answer.h"

namespace coffer::mock {
namespace {

bool is_of_another_provider(const Tenant& tenant, const Profile& profile, const std::string& value) {
  const Token* token = tenant.grants.find(value);
  return token && tenant.grants.family_of(*token)->provider != profile.id();
}

std::optional<Refusal> revoke(Tenant& tenant, const Profile& profile, const ClientRequest& asked,
                              Exchange& exchange) {
  const std::string value = text_of(asked.parameters, "token");
  if (value.empty()) return Refusal{"invalid_request", "token is missing"};
  note_token(tenant, value, exchange);
  const bool is_revoked =
      !is_of_another_provider(tenant, profile, value) && tenant.grants.revoke(value, asked.client->client_id);
  if (is_revoked) return std::nullopt;
  return Refusal{"invalid_grant", "the token belongs to another client"};
}

}  // namespace

ServerResponse serve_revoke(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                            Exchange& exchange) {
  const auto read = read_client_request(tenant, profile, request, exchange);
  const auto* asked = std::get_if<ClientRequest>(&read);
  const auto refusal =
      asked ? revoke(tenant, profile, *asked, exchange) : std::optional(std::get<Refusal>(read));
  if (!refusal) return ServerResponse::json(200, "{}").with_header("Cache-Control", "no-store");
  exchange.entry.error = refusal->error;
  return token_error(tenant, profile, request, *refusal);
}

}  // namespace coffer::mock
