#pragma once

#include <optional>
#include <string>

#include "vault/engine/engine.h"
#include "vault/model/session.h"
#include "vault/model/shared_access.h"

namespace coffer::api::v3 {

struct SessionLinkRequest {
  std::string callback_url;  // empty: the session's
  std::string alias;
  std::optional<ConnectionId> reconnect;
  std::optional<SharedAccess> shared;  // make a new account, shared with these
  // Where an account waits for the user to come through its link, that one gets a new link.
  bool prefers_waiting = false;
};

// The one that the session names for the toolkit, else the managed default, else the newest enabled
// custom one. Throws InvalidArgument where none of these exists.
AuthConfigId auth_config_for(Engine& engine, const Session& session, const Toolkit& toolkit);

// A Connect Link for the session's user, under that auth config. Accounts that wait for the user count
// among those that the session may have: the last one to wait gets the new link. Throws
// InvalidArgument where there is no auth config and beyond the session's number of accounts, WrongState
// for an account that is disabled or not the user's to connect, and what Connector::authorize throws.
ConnectLink link_for_session(Engine& engine, const Session& session, const Toolkit& toolkit,
                             const SessionLinkRequest& request);

// Where the user opens it: at the vault, or below the URL that the session has in its place.
std::string link_url_in(const Engine& engine, const Session& session, const ConnectLink& link);

// Throws NotFound.
Session session_or_not_found(Transaction& tx, const SessionId& id);

}  // namespace coffer::api::v3
