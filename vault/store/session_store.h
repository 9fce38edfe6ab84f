#pragma once

#include <optional>

#include "vault/model/session.h"
#include "vault/store/database.h"

namespace coffer::session_store {

void insert(WriteTransaction& tx, const Session& session);
// Raises config_version by one. False: this user has no such session.
bool update(WriteTransaction& tx, const Session& session);
bool remove(WriteTransaction& tx, const SessionId& id);
std::optional<Session> find(Transaction& tx, const SessionId& id);

}  // namespace coffer::session_store
