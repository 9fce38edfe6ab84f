#include "vault/oauth/authorization_url.h"

#include "vault/base/encoding.h"

namespace coffer {

std::string authorization_url(const Provider& provider, const AuthorizationRequest& request) {
  Fields fields{{"response_type", "code"},
                {"client_id", request.client_id},
                {"redirect_uri", request.redirect_uri},
                {"state", request.state}};
  if (!request.scopes.empty())
    fields.emplace_back(provider.scope_param, join(request.scopes, provider.scope_separator));
  if (provider.pkce != Provider::Pkce::Off && !request.code_challenge.empty()) {
    fields.emplace_back("code_challenge", request.code_challenge);
    fields.emplace_back("code_challenge_method", "S256");
  }
  // A profile adds parameters; it cannot replace those that the flow's safety rests on.
  for (const auto& [name, value] : provider.authorize_params) {
    if (!find_field(fields, name)) fields.emplace_back(name, value);
  }
  return with_query(provider.authorization_url, fields);
}

}  // namespace coffer
