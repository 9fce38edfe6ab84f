#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// What was decided about an authorization request, by a person or a script.
struct AccessDecision {
  std::string error;  // empty: allowed
  std::string account;
  std::vector<std::string> refused_scopes;
  std::optional<Duration> access_lifetime;
  LoginScript::Action manner = LoginScript::Action::Allow;  // how an allowed one goes back
};

// Carries it out: 303 to the client with `code` or `error`, and `state` and `iss` (RFC 6749
// section 4.1.2, RFC 9207); for a device, which asks for itself, a page that says so.
ServerResponse carry_out(Tenant& tenant, const Profile& profile, const AuthorizationRequest& request,
                         const AccessDecision& decision, Exchange& exchange);

// 303 to the client, with state, and with the issuer unless the answer names one.
ServerResponse back_to_client(const Tenant& tenant, const Profile& profile, const std::string& redirect_uri,
                              const std::optional<std::string>& state, Fields answer);

}  // namespace coffer::mock
