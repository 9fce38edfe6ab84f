#pragma once

#include "vault/api/wire/body.h"
#include "vault/engine/engine.h"
#include "vault/model/session.h"

namespace coffer::api::v3 {

// Reads the keys that a create or update body mentions into `config`; null clears. Of
// manage_connections, multi_account, workbench and experimental only the members that are mentioned
// change. Throws InvalidArgument for toolkits, auth configs and accounts that do not exist, do not
// belong together or are not the user's.
void read_session_config(Engine& engine, Transaction& tx, const UserId& user, const ObjectReader& body,
                         SessionConfig& config);

}  // namespace coffer::api::v3
