#include "vault/base/error.h"

namespace coffer {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument:
      return "invalid_argument";
    case ErrorCode::Unauthorized:
      return "unauthorized";
    case ErrorCode::Forbidden:
      return "forbidden";
    case ErrorCode::NotFound:
      return "not_found";
    case ErrorCode::Conflict:
      return "conflict";
    case ErrorCode::WrongState:
      return "wrong_state";
    case ErrorCode::NeedsConnection:
      return "needs_connection";
    case ErrorCode::Gone:
      return "gone";
    case ErrorCode::TooLarge:
      return "too_large";
    case ErrorCode::Throttled:
      return "throttled";
    case ErrorCode::Unavailable:
      return "unavailable";
    case ErrorCode::Timeout:
      return "timeout";
    case ErrorCode::WrongKey:
      return "wrong_key";
    case ErrorCode::CorruptHeader:
      return "corrupt_header";
    case ErrorCode::NewerFormat:
      return "newer_format";
    case ErrorCode::TamperedRow:
      return "tampered_row";
    case ErrorCode::VaultInUse:
      return "vault_in_use";
    case ErrorCode::UnsafePermissions:
      return "unsafe_permissions";
    case ErrorCode::Storage:
      return "storage";
    case ErrorCode::Unsupported:
      return "unsupported";
    case ErrorCode::Internal:
      return "internal";
  }
  return "internal";
}

}  // namespace coffer
