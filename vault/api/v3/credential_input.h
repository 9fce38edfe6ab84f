#pragma once

#include <map>
#include <optional>
#include <string>

#include "vault/api/wire/body.h"
#include "vault/base/clock.h"
#include "vault/model/token_set.h"
#include "vault/model/toolkit.h"

namespace coffer::api::v3 {

// Takes the credential of this scheme out of `state.val` (or a flat "data"), so that no copy
// stays in the body. nullopt: it holds none. Throws InvalidArgument for half of one.
std::optional<Credential> take_credential(ObjectReader values, const AuthMode& mode, Timestamp now);

// What becomes of a stored credential by a PATCH of `connection.state.val`: keys that are named
// replace their part, null removes it, the rest stays. Throws InvalidArgument for a key that is no
// part of a credential of this mode, and for half a credential.
Credential changed_credential(ObjectReader values, const AuthMode& mode, Credential known, Timestamp now);

// Throws InvalidArgument for what is secret, by any name: links take none, the user enters it or the
// application imports it.
void refuse_secrets(const ObjectReader& values, const AuthMode& mode);

// The connection fields of this way of authenticating that are not secret: subdomain and so on.
// Throws InvalidArgument for a field that is not a string.
std::map<std::string, std::string> take_fields(const ObjectReader& values, const AuthMode& mode);

}  // namespace coffer::api::v3
