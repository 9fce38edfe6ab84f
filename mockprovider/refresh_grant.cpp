#include "mockprovider/client_authentication.h"
#include "mockprovider/grant_types.h"

namespace coffer::mock {

GrantOutcome grant_by_refresh_token(const TokenRequest& request) {
  const std::string value = request.text("refresh_token");
  if (value.empty()) return Refusal{"invalid_request", "refresh_token is missing"};
  note_token(request.tenant, value, request.exchange);
  return request.tenant.grants.refresh(
      {value, request.profile.id(), request.client.client_id, request.scopes(), request.resources()},
      request.policy);
}

}  // namespace coffer::mock
