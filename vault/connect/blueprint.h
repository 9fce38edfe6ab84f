#pragma once

#include "vault/catalog/catalog.h"
#include "vault/model/auth_config.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/database.h"

namespace coffer {

// An auth config with what the catalog says about it.
struct Blueprint {
  AuthConfig config;
  const Toolkit* toolkit = nullptr;
  const AuthMode* mode = nullptr;
  const Provider* provider = nullptr;                // schemes of tokens only
  auth_config_store::SharedCredentials shared = {};  // what stands for a field that is not given

  const std::vector<std::string>& scopes() const {
    return config.scopes.empty() ? mode->scopes : config.scopes;
  }
};

// Throws NotFound (no such auth config) and Unsupported (the catalog no longer has the toolkit,
// its scheme or its provider).
Blueprint load_blueprint(Transaction& tx, const Catalog& catalog, const AuthConfigId& id);

// Throws InvalidArgument for a toolkit that defines no call by which a credential is verified.
void require_verifying_call(const Toolkit& toolkit);

// Throws WrongState if the auth config is disabled.
void require_enabled(const Blueprint& blueprint);

}  // namespace coffer
