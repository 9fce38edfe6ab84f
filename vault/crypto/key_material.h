#pragma once

#include <filesystem>

#include "vault/base/random.h"
#include "vault/model/key_source.h"

namespace coffer {

// Reads exactly 32 bytes from a regular file. With `private_to_owner`: owned by us and readable
// by nobody else. Never follows a symbolic link.
// Throws NotFound, UnsafePermissions (hint: the chmod to run), WrongKey (wrong size or kind), Storage.
KeyBytes read_key_file(const std::filesystem::path& path, bool private_to_owner = true);
// 32 random bytes, mode 0600. Throws Conflict if the file exists, Storage.
void create_key_file(const std::filesystem::path& path, Random& random);

// From $CREDENTIALS_DIRECTORY, where systemd itself guards the access.
KeyBytes read_systemd_credential(const SystemdCredential& credential);

inline constexpr std::size_t kSaltSize = 16;
// Floor and ceiling of key_source.h. Throws InvalidArgument; takes no memory.
void check_cost(const PassphraseCost& cost);
// Argon2id13. Checks the cost first.
KeyBytes derive_key(const Secret& passphrase, Bytes salt, const PassphraseCost& cost);

}  // namespace coffer
