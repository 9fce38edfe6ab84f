#pragma once

#include "vault/store/sql_connection.h"

namespace coffer::migrations {

// The schema version this release writes: the number of steps.
int newest();
// PRAGMA user_version.
int version_of(SqlConnection& connection);
// Takes the schema from `step` to `step + 1`, within the caller's transaction.
void apply(SqlConnection& connection, int step);

}  // namespace coffer::migrations
