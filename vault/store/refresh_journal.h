#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/base/id.h"
#include "vault/store/database.h"

// The durable intent that stands before every token request, and the fence behind it. A row in
// state Sent says: a refresh token may have been presented and its answer is not stored.
namespace coffer::refresh_journal {

struct Intent {
  ConnectionId connection;
  std::string id;               // random, so that a late answer cannot take another's place
  std::int64_t generation = 0;  // of the credential that was taken
  int attempt = 0;              // presentations of this generation so far, this one included
  Timestamp sent_at;
};

// Records the intent where the generation is unchanged and no other intent stands. False: drop
// the request, nothing may be sent. Commits with the caller's transaction.
bool mark_sent(WriteTransaction& tx, const Intent& intent);

// Ends the intent: true if it was still this one. Call it in the transaction that applies the
// answer, before changing the row; false: somebody else moved on, drop the answer.
bool clear(WriteTransaction& tx, const Intent& intent);

std::optional<Intent> find(Transaction& tx, const ConnectionId& id);
// All intents without an end: after a crash, the ambiguous ones.
std::vector<Intent> unfinished(Transaction& tx);

}  // namespace coffer::refresh_journal
