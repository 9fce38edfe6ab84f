#pragma once

#include "vault/store/connection_store.h"

namespace coffer::connection_list {

// connection_store::list(), with its many filters and orders.
Page<Connection> run(Transaction& tx, const connection_store::Query& query);

}  // namespace coffer::connection_list
