#pragma once

#include <optional>
#include <string>

#include "vault/api/wire/body.h"
#include "vault/engine/engine.h"

// How accounts begin: by a credential that the application has, or by a Connect Link.
namespace coffer::api::v3 {

struct ModeOfConfig {
  AuthConfig config;
  const AuthMode* mode = nullptr;
};

// Throws NotFound, and Unsupported where the catalog no longer has what the auth config needs.
ModeOfConfig mode_of_config(Engine& engine, const AuthConfigId& id);

struct ConnectionStart {
  Connection connection;
  std::string redirect_url;  // of the Connect Link; empty: none is needed
};

// Stores the credential that `values` hold, ACTIVE at once; where they hold none, makes a link
// that asks for it. Throws InvalidArgument for half a credential.
ConnectionStart connect_account(Engine& engine, const ModeOfConfig& known, ConnectRequest connect,
                                const std::optional<ObjectReader>& values);

// A link by which the user signs in to this account again. It keeps its id, and while it is ACTIVE
// also its status and token until the new grant is there.
ConnectionStart reconnect_account(Engine& engine, const Connection& known, const std::string& callback_url);

}  // namespace coffer::api::v3
