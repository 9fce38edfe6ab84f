#pragma once

#include "vault/api/v3/auth_config_input.h"
#include "vault/engine/engine.h"
#include "vault/model/auth_config.h"

// What the API makes of and changes on auth configs.
namespace coffer::api::v3 {

// A toolkit has one managed default: asking for it again gives the same one, with the name and
// scopes now asked for. Throws InvalidArgument where the toolkit has no managed auth here.
AuthConfig managed_auth_config(Engine& engine, const Toolkit& toolkit, const AuthConfigInput& input);

// A new one each time. Throws InvalidArgument for OAuth2 without a client id.
AuthConfig create_custom_auth_config(Engine& engine, const Toolkit& toolkit, AuthScheme scheme,
                                     const AuthConfigInput& input);

// Absent parts stay. Throws NotFound, and InvalidArgument for a client where there is none.
void change_auth_config(Engine& engine, const AuthConfigId& id, AuthConfigInput input);

// Throws NotFound.
void enable_auth_config(Engine& engine, const AuthConfigId& id, bool enabled);

// Its accounts become INACTIVE, revoked before if `revoke_first`. Throws NotFound, and
// InvalidArgument where there are too many to revoke.
void remove_auth_config(Engine& engine, const AuthConfigId& id, bool revoke_first);

}  // namespace coffer::api::v3
