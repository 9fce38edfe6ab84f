#pragma once

#include "vault/api/wire/body.h"
#include "vault/engine/engine.h"
#include "vault/model/connection.h"

// What the API changes on accounts that exist. All throw NotFound.
namespace coffer::api::v3 {

// Longest alias, in bytes.
inline constexpr std::size_t kMostAliasBytes = 64;

// Throws WrongState where the account's auth config was deleted: nobody signs in by it again.
void refuse_without_auth_config(Transaction& tx, const Connection& connection);

// INACTIVE and back; nothing happens where it is so already. Throws WrongState where neither
// applies.
void set_enabled(Engine& engine, const ConnectionId& id, bool enabled);

// Alias ("" clears), credential of a key scheme, and who may use a SHARED account. Throws
// InvalidArgument, Conflict (alias taken).
Connection patch_account(Engine& engine, const ConnectionId& id, const ObjectReader& body);

// With `revoke_first`, nothing is deleted if the provider cannot be brought to revoke the grant.
// An account that holds none, or whose auth config was deleted and the client with it, is just deleted.
void delete_account_of(Engine& engine, const ConnectionId& id, bool revoke_first);

// Throws InvalidArgument for one that is too long, holds control characters or looks like an id.
std::string alias_of(const ObjectReader& body);

}  // namespace coffer::api::v3
