#pragma once

#include <vector>

#include "vault/store/database.h"
#include "vault/store/header.h"

// The ways to the root key of a vault that nobody serves. The key of `location` has to open it.
// Each change is one transaction: before it or after it, never between. All throw as
// Database::open does.
namespace coffer::key_slots {

std::vector<header::SlotEntry> list(VaultLocation location);

// Makes `added` open the vault as well; the new slot's number. Throws Conflict if it does
// already, or if all slots are in use.
std::int64_t add(VaultLocation location, KeySource added, Random& random);

// Whoever kept the removed key and an older copy of the file can still read that copy, and what is
// sealed under the same root key since. Throws NotFound; WrongState for the slot that the given key
// opens, so that one way in stays.
void remove(VaultLocation location, std::int64_t number);

}  // namespace coffer::key_slots
