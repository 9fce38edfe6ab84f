#pragma once

#include <span>

#include "vault/store/sql_connection.h"

namespace coffer::migrations {

// The steps that make a schema, oldest first. A schema's version, which stands in the vault's
// header and in PRAGMA user_version, is the number of its steps.
using Steps = std::span<const char* const>;

// This release's.
Steps all();
// PRAGMA user_version.
int version_of(SqlConnection& connection);
// Throws WrongState for a vault of an older release.
void require_newest(SqlConnection& connection, Steps steps);
// Takes the schema from version `from` to `from + 1`, within the caller's transaction.
void apply(SqlConnection& connection, Steps steps, int from);

}  // namespace coffer::migrations
