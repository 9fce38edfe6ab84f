#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/catalog/catalog.h"
#include "vault/model/connection.h"
#include "vault/model/session.h"
#include "vault/store/database.h"

// Which of the user's accounts a session may act through: the pinned ones of a toolkit, else
// those of the auth config that the session names for it, else all. Never another user's private
// one; a SHARED one only where it is pinned and lets the user in.
namespace coffer::api::v3 {

// How many accounts of a toolkit a session with multi_account enabled may have; absent: it is not
// enabled, and one may be pinned.
std::optional<std::size_t> account_limit(const SessionConfig& config);

// The ACTIVE ones first, then those that wait for their user, then the others: each newest first, and at
// most 1000, 100 and 100, so that no number of one kind hides another.
std::vector<Connection> accounts_of(Transaction& tx, const Session& session, const std::string& toolkit);

// The most recently connected ACTIVE one of them; one whose auth config is disabled only where there is no
// other.
std::optional<Connection> default_account(Transaction& tx, const Session& session,
                                          const std::string& toolkit);
// The default one, if its auth config lets it act.
std::optional<Connection> usable_account(Transaction& tx, const Session& session, const std::string& toolkit);

// The default one, or the newest where none is ACTIVE.
std::optional<Connection> shown_account(Transaction& tx, const Session& session, const std::string& toolkit);

// The pinned account that a link of the session connects again: the one of that alias, else the first that
// is not at work. nullopt: none is pinned, or none of the user's own. Throws WrongState where the user cannot
// make a pinned one work: it is deleted, no longer shared with the user, or waits for its own user.
std::optional<Connection> pinned_to_connect(Transaction& tx, const Session& session,
                                            const std::string& toolkit, const std::string& alias = {});

// Throws WrongState for an account that is disabled.
void refuse_disabled(const Connection& account);

// The one that a call uses. `name`: its id or alias, empty for the default. Throws NeedsConnection,
// NotFound, what pinned_to_connect() throws, and InvalidArgument where the session demands a name and there
// are several.
Connection account_for_call(Transaction& tx, const Session& session, const Toolkit& toolkit,
                            const std::string& name);

}  // namespace coffer::api::v3
