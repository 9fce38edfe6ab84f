#pragma once

#include "vault/store/database.h"

namespace coffer::testing {

// Puts one thing of each kind that a vault can hold into a new one. What it is stands in
// tests/unit/store/vault_fixtures_test.cpp, which expects it of vaults of every schema.
void fill_sample_vault(Database& database);

}  // namespace coffer::testing
