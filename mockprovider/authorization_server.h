#pragma once

#include <string>
#include <string_view>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// Name of an endpoint in faults and journal by its path below the provider's, such as token or
// discovery (docs/mock-provider.md lists them); "unknown" for every other.
std::string endpoint_name(std::string_view path);
// One of those names, or "refresh".
bool is_endpoint_name(std::string_view name);

// Serves the endpoint that exchange.entry.endpoint names ("refresh" is the token endpoint).
ServerResponse serve_authorization_server(Tenant& tenant, const Profile& profile,
                                          const ServerRequest& request, Exchange& exchange);

// Whose grant the parameters speak of, by code, token or login page; empty if that is unknown.
std::string account_of_request(Tenant& tenant, const ServerRequest& request, const Fields& parameters);
// Whose request it is, by what it presents: its own id, a token, an open page, or its path below
// the issuer's.
std::string client_of_request(Tenant& tenant, const ServerRequest& request, const Fields& parameters,
                              const std::vector<std::string>& path);

}  // namespace coffer::mock
