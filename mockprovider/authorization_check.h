#pragma once

#include <variant>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// Not to be redirected: client or redirect URI cannot be trusted.
struct UntrustedRequest {
  std::string problem;
};

// RFC 6749 section 4.1.2.1: goes to the client's redirect URI.
struct AuthorizationError {
  std::string redirect_uri;
  std::optional<std::string> state;
  std::string error;
  std::string description;
};

// Who sends the parameters: the person's browser, or the client ahead of it (RFC 9126).
enum class AskedBy { Browser, Client };

using CheckedAuthorization = std::variant<AuthorizationRequest, AuthorizationError, UntrustedRequest>;

// The whole judgement on an authorization request's parameters. Pure.
CheckedAuthorization check_authorization(const Tenant& tenant, const Profile& profile,
                                         const Fields& parameters, AskedBy asked_by);

}  // namespace coffer::mock
