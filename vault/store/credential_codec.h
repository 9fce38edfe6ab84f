#pragma once

#include "vault/crypto/plaintext.h"
#include "vault/model/token_set.h"

namespace coffer {

// The sealed form of a credential. See docs/storage-format.md.
Plaintext encode_credential(const Credential& credential);
// Throws Error{TamperedRow}.
Credential decode_credential(const Plaintext& record);

}  // namespace coffer
