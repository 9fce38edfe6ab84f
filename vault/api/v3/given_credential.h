#pragma once

#include <optional>

#include "vault/api/wire/body.h"
#include "vault/tools/executor.h"

namespace coffer::api::v3 {

// What the caller of a tool brings instead of an account: "custom_connection_data", which comes
// first, or "custom_auth_params". nullopt: neither. No copy of a secret stays in the body. Throws
// InvalidArgument for what the toolkit does not take, for another place than its own API, and beside
// a "connected_account_id".
std::optional<GivenCredential> take_given_credential(const ObjectReader& body, const Toolkit& toolkit,
                                                     Timestamp now);

// Throws InvalidArgument for a base_url or api_url that is neither a field of this mode nor the place
// where calls go anyway.
void require_own_place(const ObjectReader& values, const AuthMode& mode, const Toolkit& toolkit);

// {base_url?, body?, parameters: [{in, name, value}]}: headers and query parameters that carry the
// caller's credential. Throws InvalidArgument.
GivenCredential take_auth_parameters(const ObjectReader& params, const Toolkit& toolkit);

}  // namespace coffer::api::v3
