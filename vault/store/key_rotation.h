#pragma once

#include <cstdint>

#include "vault/base/log.h"
#include "vault/store/database.h"

// New keys for all that a vault holds, which nobody may serve meanwhile. docs/decisions/0007.
namespace coffer::key_rotation {

struct Rotated {
  std::int64_t root_epoch = 0;
  std::int64_t data_keys = 0;
  std::int64_t rows = 0;  // that were authenticated anew
};

// Makes a new root key and new data keys, and seals and authenticates every row by them, in one
// transaction: before it or after it, never between. What an older root key or data key opened is in no
// page of the file afterwards. Bounded memory; the log grows to about the size of the vault meanwhile.
// The key of `location` has to open the vault's only slot. Throws as Database::open does, and WrongState
// where there are other slots, where `coffer doctor` would find a fault, or for an older schema.
Rotated rotate(VaultLocation location, Random& random, Log& log);

}  // namespace coffer::key_rotation
