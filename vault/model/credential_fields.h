#pragma once

#include <span>
#include <string_view>

#include "vault/model/auth_config.h"
#include "vault/model/connection.h"

namespace coffer {

// A named part of a credential: its name on the wire, in forms and in the toolkits' templates.
struct CredentialField {
  std::string_view name;
  std::string_view display_name;
  bool is_secret = true;  // false: names the holder; sealed and masked like the rest
  bool is_required = true;
  bool is_multiline = false;
};

// How a credential of a scheme is kept.
enum class CredentialKind { None, Tokens, ApiKey, Bearer, Basic, Fields };
CredentialKind credential_kind(AuthScheme scheme);

// Stands in answers where a credential would: SDKs demand texts there, and no byte of it is shown.
inline constexpr std::string_view kMasked = "REDACTED";

// What a credential of this scheme consists of; toolkits may add fields of their own. Empty for
// schemes without a credential, for tokens, and where the toolkit alone says what there is.
std::span<const CredentialField> credential_fields(AuthScheme scheme);
const CredentialField* find_credential_field(AuthScheme scheme, std::string_view name);

// Keys that SDKs demand as texts in `state.val` of an account in this status.
std::span<const std::string_view> state_keys(AuthScheme scheme, ConnectionStatus status);

}  // namespace coffer
