#pragma once

#include <string>
#include <utility>

#include "vault/store/audit_log.h"
#include "vault/store/row_guard.h"

namespace coffer::api {

// What fails authentication can be deleted and nothing else. Runs `read`, which throws NotFound for what is
// not there; a failed authentication of `what` is told in the log, and in the audit log for the deletion that
// follows.
template <class Read>
void allow_tampered_deletion(WriteTransaction& tx, Timestamp now, const std::string& what, Read&& read) {
  if (unless_tampered(tx, std::forward<Read>(read))) return;
  audit_log::append(tx, {0, now, "deleted", ConnectionId(), what + " failed authentication"});
}

}  // namespace coffer::api
