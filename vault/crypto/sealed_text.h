#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vault/base/random.h"
#include "vault/crypto/keyring.h"

namespace coffer {

// A short text that a client carries for us and brings back: base64url of an envelope under a key of
// its own, which no stored record uses. It opens in this vault, for the same purpose and the same
// context only. How long it may be used is for the text itself to say.
std::string seal_text(const Keyring& keys, std::string_view purpose, Bytes context, std::string_view text,
                      Random& random);
// nullopt: not made by seal_text() for this purpose and context, or longer than 8 KiB.
std::optional<std::string> open_text(const Keyring& keys, std::string_view purpose, Bytes context,
                                     std::string_view sealed);

}  // namespace coffer
