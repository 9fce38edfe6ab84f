#pragma once

#include <optional>
#include <string_view>

#include "vault/model/connection.h"

namespace coffer {

enum class LifecycleEvent {
  LinkCreated,      // a Connect Link was made for this account
  GrantCommitted,   // a credential was stored
  LinkFailed,       // denied, provider error, failed exchange
  LinkAbandoned,    // not completed within 10 minutes
  RefreshRejected,  // a definite refusal by the provider
  Disabled,         // by the user or operator
  Enabled,
  Revoked,  // at the provider, at our request
};

// The whole state machine. nullopt: the event changes nothing in this status.
// `was_connected`: a credential was committed at some time before.
std::optional<ConnectionStatus> next_status(ConnectionStatus status, LifecycleEvent event,
                                            bool was_connected);

// Fixed sentences for status_reason, so that programs and tests can rely on them.
namespace reason {
inline constexpr std::string_view kNotCompleted = "not completed within 10 minutes";
inline constexpr std::string_view kRefreshRejected =
    "the provider refused the refresh token: it was revoked or has expired";
inline constexpr std::string_view kResponseLost =
    "refresh_response_lost: the answer that held the next refresh token never arrived";
inline constexpr std::string_view kUserActionRequired = "the provider asks the user to sign in again";
inline constexpr std::string_view kNoRefreshToken =
    "the access token has expired and the provider gave no refresh token";
inline constexpr std::string_view kCredentialRejected = "the service refused the stored credential";
inline constexpr std::string_view kDenied = "the user denied the request";
inline constexpr std::string_view kProviderError = "the provider answered with an error";
inline constexpr std::string_view kExchangeFailed = "OAuth callback failed during token exchange";
inline constexpr std::string_view kDisabledByUser = "updated by user";
// Of an INITIATED account that was INACTIVE: it goes back there if its link comes to nothing.
inline constexpr std::string_view kWasSwitchedOff = "updated by user before this link was made";
inline constexpr std::string_view kRevokedByUser = "revoked via user-initiated endpoint";
}  // namespace reason

}  // namespace coffer
