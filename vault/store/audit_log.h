#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vault/base/id.h"
#include "vault/store/database.h"
#include "vault/store/retention.h"

// One row per use or change of a credential, chained by MAC: each row's MAC covers the one before.
namespace coffer::audit_log {

struct Entry {
  std::int64_t sequence = 0;
  Timestamp at;
  std::string action;  // "connected", "refreshed", "expired", "token_given_out", "revoked", ...
  ConnectionId connection;
  std::string detail;  // never a secret
};

void append(WriteTransaction& tx, const Entry& entry);
// Newest first. Leaves out and logs entries that fail authentication.
std::vector<Entry> list(Transaction& tx, const ConnectionId& connection, std::int64_t limit);
// The MAC that the first entry covers: of the entry that was removed before it, or zeros.
std::vector<std::uint8_t> before_first(Transaction& tx);
// Sequence number of the first row that breaks the chain; 0: sound.
std::int64_t first_broken(Transaction& tx);

// Removes the oldest entries that need not be kept, never the newest, and returns how many. The
// chain goes on from a sealed note of where it was cut. Stops before an entry that breaks it.
std::int64_t prune(WriteTransaction& tx, const Retention& keep, Timestamp now);

}  // namespace coffer::audit_log
