#include "mockprovider/grant_types.h"

namespace coffer::mock {

GrantOutcome grant_by_code(const TokenRequest& request) {
  const std::string code = request.text("code");
  if (code.empty()) return Refusal{"invalid_request", "code is missing"};
  Grants& grants = request.tenant.grants;
  request.exchange.entry.account = grants.account_of_code(code);
  const std::string redirect_uri = request.text("redirect_uri");
  const std::string verifier = request.text("code_verifier");
  return grants.redeem(
      {code, request.profile.id(), request.client.client_id, redirect_uri, verifier, request.resources()},
      request.policy);
}

}  // namespace coffer::mock
