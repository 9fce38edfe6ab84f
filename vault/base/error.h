#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace coffer {

// What went wrong, as a caller can act on it. The HTTP front and the command line each map this
// to their own numbers; nothing else does.
enum class ErrorCode {
  InvalidArgument,    // the caller's input is wrong; the message names the field
  Unauthorized,       // no or wrong API key
  Forbidden,          // known caller, not allowed
  NotFound,           // absent, or another user's: the two are told apart by nobody
  Conflict,           // the state changed under the caller, or the name is taken
  WrongState,         // the thing exists but its status does not allow this
  NeedsConnection,    // no ACTIVE account: the user has to (re)connect
  Gone,               // a link that was used or has expired
  TooLarge,           // over a stated limit
  Throttled,          // asked too often; retry later
  Unavailable,        // a provider or toolkit cannot be reached now; retry later
  Timeout,            // waited as long as was asked
  WrongKey,           // no key slot of the vault opens with this key
  CorruptHeader,      // the vault's header is damaged
  NewerFormat,        // written by a newer release
  TamperedRow,        // one row fails authentication; the others are served
  VaultInUse,         // another process holds the vault's lock
  UnsafePermissions,  // a key or vault file that others can read
  Storage,            // disk full, read-only, input/output error
  Unsupported,        // known to the protocol, not offered here
  Internal,
};

std::string_view to_string(ErrorCode code);

// The single exception type. what(): the fact, lower case, names the thing, never a secret.
// hint(): the next step for the person who reads it; may be empty.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& fact, std::string hint = {})
      : std::runtime_error(fact), code_(code), hint_(std::move(hint)) {}

  ErrorCode code() const { return code_; }
  const std::string& hint() const { return hint_; }

 private:
  ErrorCode code_;
  std::string hint_;
};

}  // namespace coffer
