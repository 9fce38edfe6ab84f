#pragma once

#include <variant>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// A request of a client that proved who it is.
struct ClientRequest {
  const Client* client = nullptr;
  Fields parameters;
};

// RFC 6749 sections 2.3 and 3.2, for every endpoint that a client calls by itself: the body in the
// form that the provider takes, no parameter twice, and one way of authentication that both
// provider and client have. Notes client and parameters in `exchange`.
std::variant<ClientRequest, Refusal> read_client_request(const Tenant& tenant, const Profile& profile,
                                                         const ServerRequest& request, Exchange& exchange);

// Notes the token that a request speaks of, and hides its value.
void note_token(const Tenant& tenant, const std::string& value, Exchange& exchange);

}  // namespace coffer::mock
