#pragma once

namespace SQLite {
class Database;
}

namespace coffer::migrations {

// The schema version this release writes: the number of steps.
int newest();
// PRAGMA user_version.
int version_of(SQLite::Database& db);
// Takes the schema from `step` to `step + 1`, within the caller's transaction.
void apply(SQLite::Database& db, int step);

}  // namespace coffer::migrations
