#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

#include "vault/base/secret.h"

namespace coffer {

// Work factors of Argon2id13. Floor 64 MiB and 2 passes, ceiling 1 GiB and 10 passes; anything
// outside is refused before memory is taken, unless `for_tests` was set when the slot was made.
struct PassphraseCost {
  std::uint64_t passes = 3;
  std::uint64_t memory_bytes = 256ULL << 20;
  bool for_tests = false;
};

// 32 random bytes in a file of mode 0600 or stricter, owned by us, not a symbolic link.
struct KeyFile {
  std::filesystem::path path;
};
struct Passphrase {
  Secret text;
  PassphraseCost cost;
};
// $CREDENTIALS_DIRECTORY/<name>, as systemd's LoadCredential= puts it.
struct SystemdCredential {
  std::string name = "master-key";
};
struct RawKey {
  KeyBytes key;
};

using KeySource = std::variant<KeyFile, Passphrase, SystemdCredential, RawKey>;

}  // namespace coffer
