#pragma once

#include <optional>
#include <string>

#include "vault/api/v3/auth_config_input.h"
#include "vault/engine/engine.h"

// Which auth config an integration of the older SDKs is.
namespace coffer::api::legacy {

struct IntegrationRequest {
  const Toolkit* toolkit = nullptr;
  std::optional<AuthScheme> scheme;  // absent: whichever there is
  v3::AuthConfigInput input;         // with a client id: the caller's own OAuth app
  bool wants_managed = false;        // the managed one first, where there is one
  bool wants_new = false;            // not one that exists already, except the managed one
};

// The caller's own OAuth app is found again by its client, or made. Without one: an enabled
// integration that exists, else the managed one. The Python SDK asks at each connection, so that
// nothing may be made anew for the asking. Throws InvalidArgument where there is none and none can
// be made.
AuthConfig choose_integration(Engine& engine, IntegrationRequest request);

// {authConfig or integrationSecrets, scopes among them} as choose_integration() takes it.
v3::AuthConfigInput read_own_client(const std::optional<ObjectReader>& secrets);
// Absent: nullopt. Throws InvalidArgument for one that the toolkit does not offer.
std::optional<AuthScheme> read_scheme(const ObjectReader& body, const Toolkit& toolkit);

}  // namespace coffer::api::legacy
