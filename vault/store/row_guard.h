#pragma once

#include "vault/base/error.h"
#include "vault/store/database.h"

namespace coffer {

// Runs `read`; false if the row it reads fails authentication. The row is named in the log, and
// whoever lists rows goes on with the next one.
template <class Read>
bool unless_tampered(const Transaction& tx, Read&& read) {
  try {
    read();
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::TamperedRow) throw;
    tx.log().error("tampered_row", {{"fact", error.what()}});
    return false;
  }
}

// The same without the log line, for what runs again and again.
template <class Read>
bool is_sound(Read&& read) {
  try {
    read();
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::TamperedRow) throw;
    return false;
  }
}

}  // namespace coffer
