#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "vault/api/wire/body.h"
#include "vault/base/secret.h"
#include "vault/model/auth_config.h"
#include "vault/model/provider.h"
#include "vault/model/toolkit.h"

namespace coffer::api::v3 {

// What a create or update body says about an auth config. Absent parts change nothing.
struct AuthConfigInput {
  std::optional<std::string> name;
  std::optional<std::vector<std::string>> scopes;
  std::optional<std::string> client_id;
  std::optional<Secret> client_secret;
  std::optional<std::vector<std::string>> tools_for_execution;  // empty: every tool
  std::optional<std::vector<std::string>> tools_for_creation;
  std::optional<bool> is_enabled;
  std::map<std::string, Secret> shared;  // empty values remove theirs
};

// Reads the "auth_config" object of a create, or the body of an update. `provider`: of its way of
// authenticating, null where there is none. Throws InvalidArgument, and Unsupported for restrictions
// that would be promised but not kept.
AuthConfigInput read_auth_config_input(const ObjectReader& body, const Provider* provider);

// The `shared_credentials` of a body: fields of this way of authenticating. Throws InvalidArgument
// for others.
void read_shared_credentials(const ObjectReader& body, const AuthMode& mode, AuthConfigInput& input);

// {client_id, client_secret, scopes or user_scopes} into `input`; the secret is taken out of the body. Throws
// InvalidArgument for everything else but the provider's own endpoints.
void read_client(ObjectReader credentials, const Provider* provider, AuthConfigInput& input);

// The scheme that a custom auth config asks for: the toolkit must offer it.
AuthScheme read_custom_scheme(const ObjectReader& body, const Toolkit& toolkit);

}  // namespace coffer::api::v3
