#pragma once

#include "vault/base/random.h"
#include "vault/connect/blueprint.h"
#include "vault/connect/connector.h"

namespace coffer {

// Throws InvalidArgument for a user id, alias or callback URL that cannot be.
void check_connect_request(const ConnectRequest& request);

// The row that the request is about, as ConnectRequest::reconnect says: an account of the user's
// that is to be connected again, or a new one. It is stored, and INITIATED unless it is ACTIVE.
// Throws NotFound, Conflict (the alias is taken) and InvalidArgument (of another auth config).
Connection open_account(WriteTransaction& tx, const ConnectRequest& request, const Blueprint& blueprint,
                        Timestamp now, Random& random);

}  // namespace coffer
