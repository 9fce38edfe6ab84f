#pragma once

#include <optional>

#include "vault/api/wire/body.h"
#include "vault/model/shared_access.h"

// The `experimental` keys about SHARED accounts. All throw InvalidArgument.
namespace coffer::api::v3 {

// With whom a new account is to be shared; nullopt: it is private.
std::optional<SharedAccess> read_shared_access(const ObjectReader& body);

// What a change makes of the users that are let in: lists that it does not mention stay. `known`
// is nullopt for a private account. nullopt: the body says nothing about it.
std::optional<SharedAccess> change_shared_access(const ObjectReader& body,
                                                 const std::optional<SharedAccess>& known);

}  // namespace coffer::api::v3
