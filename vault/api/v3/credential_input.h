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

// The connection fields of this way of authenticating that are not secret: subdomain and so on.
// Throws InvalidArgument for a field that is not a string.
std::map<std::string, std::string> take_fields(const ObjectReader& values, const AuthMode& mode);

}  // namespace coffer::api::v3
