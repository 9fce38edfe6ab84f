#pragma once

#include <array>
#include <string_view>

#include "mockprovider/tenant.h"

namespace coffer::mock {

inline constexpr std::string_view kDeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";
inline constexpr std::string_view kExchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange";

// A token request (RFC 6749 section 3.2) of a client that proved who it is and may use this grant type.
struct TokenRequest {
  Tenant& tenant;
  const Profile& profile;
  const Client& client;
  const Fields& parameters;
  Exchange& exchange;
  TokenPolicy policy;

  std::string text(std::string_view name) const;  // of a parameter; empty if it is absent
  std::vector<std::string> scopes() const;
  std::vector<std::string> resources() const;
};

// The grant types, one function in one file each. Each notes in `exchange` what it was given.
GrantOutcome grant_by_code(const TokenRequest& request);                // RFC 6749 section 4.1.3
GrantOutcome grant_by_refresh_token(const TokenRequest& request);       // RFC 6749 section 6
GrantOutcome grant_by_client_credentials(const TokenRequest& request);  // RFC 6749 section 4.4
GrantOutcome grant_by_device_code(const TokenRequest& request);         // RFC 8628 section 3.4
GrantOutcome grant_by_exchange(const TokenRequest& request);            // RFC 8693
GrantOutcome grant_by_own_exchange(const TokenRequest& request, const OwnExchange& exchange);

struct GrantType {
  std::string_view name;
  GrantOutcome (*grant)(const TokenRequest&);
};

inline constexpr std::array<GrantType, 5> kGrantTypes = {{
    {"authorization_code", grant_by_code},
    {"refresh_token", grant_by_refresh_token},
    {"client_credentials", grant_by_client_credentials},
    {kDeviceGrant, grant_by_device_code},
    {kExchangeGrant, grant_by_exchange},
}};

}  // namespace coffer::mock
