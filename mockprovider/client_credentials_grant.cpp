#include "mockprovider/grant_types.h"

namespace coffer::mock {

GrantOutcome grant_by_client_credentials(const TokenRequest& request) {
  if (request.client.client_secret.empty()) {
    return Refusal{"unauthorized_client", "a public client has no credentials"};
  }
  Consent consent;
  consent.provider = request.profile.id();
  consent.client_id = request.client.client_id;
  consent.scopes = request.scopes();
  consent.resources = request.resources();
  // RFC 6749 section 4.4.3: none should be included.
  consent.gives_refresh_token = false;
  return request.tenant.grants.begin(consent, {}, request.policy);
}

}  // namespace coffer::mock
