#include "vault/store/sql_memory.h"

#include <sqlite3.h>

namespace coffer {

void stop_counting_sql_memory() {
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

}  // namespace coffer
