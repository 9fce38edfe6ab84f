#pragma once

namespace coffer {

// SQLite counts the memory in use under one mutex of the process, which every allocation of every
// connection passes: a read that meets a write there waits for the scheduler. Stops the counting.
// For a program's main, before any other use of SQLite in the process; too late, it does nothing.
void stop_counting_sql_memory();

}  // namespace coffer
