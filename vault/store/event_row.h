#pragma once

#include <string>

#include "vault/model/event.h"
#include "vault/store/database.h"
#include "vault/store/sql_query.h"

// The table `event`: bodies are sealed, because they name users.
namespace coffer::event_row {

std::string select(const char* rest);
// Throws TamperedRow.
Event read(SqlQuery& query, const Keyring& keys);
void insert(WriteTransaction& tx, const Event& event);

}  // namespace coffer::event_row
