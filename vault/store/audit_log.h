#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vault/base/id.h"
#include "vault/store/database.h"

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
// Sequence number of the first row that breaks the chain; 0: sound.
std::int64_t first_broken(Transaction& tx);

}  // namespace coffer::audit_log
