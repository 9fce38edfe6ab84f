#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/api/wire/body.h"
#include "vault/base/secret.h"
#include "vault/model/auth_config.h"
#include "vault/model/toolkit.h"

namespace coffer::api::v3 {

// What a create or update body says about an auth config. Absent parts change nothing.
struct AuthConfigInput {
  std::optional<std::string> name;
  std::optional<std::vector<std::string>> scopes;
  std::optional<std::string> client_id;
  std::optional<Secret> client_secret;
};

// Reads the "auth_config" object of a create, or the body of an update. Throws InvalidArgument,
// and Unsupported for restrictions that would be promised but not kept.
AuthConfigInput read_auth_config_input(ObjectReader body);

// {client_id, client_secret, scopes} into `input`; the secret is taken out of the body.
void read_client(ObjectReader credentials, AuthConfigInput& input);

// The scheme that a custom auth config asks for: the toolkit must offer it.
AuthScheme read_custom_scheme(const ObjectReader& body, const Toolkit& toolkit);

}  // namespace coffer::api::v3
