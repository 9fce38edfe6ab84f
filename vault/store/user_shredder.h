#pragma once

#include "vault/base/clock.h"
#include "vault/base/id.h"
#include "vault/store/database.h"

// Forgetting a user for good. Every sealed record of a user opens by the user's data key alone,
// which stands in `data_key` and in the user's account rows: all of these go at once.
namespace coffer::user_shredder {

struct Shredded {
  std::int64_t accounts = 0;
  std::int64_t sessions = 0;
};

// In the caller's transaction: accounts, links, sessions and events of this user, and the key. Ids
// of accounts and audit entries stay. Nothing of it stays in the file once a truncating checkpoint
// has followed the commit.
Shredded shred(WriteTransaction& tx, const UserId& user, Timestamp now);

}  // namespace coffer::user_shredder
