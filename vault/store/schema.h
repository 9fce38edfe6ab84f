#pragma once

#include <string>
#include <vector>

#include "vault/store/migrations.h"
#include "vault/store/sql_connection.h"

// The vault's tables and indexes, which have no MAC: they have to be what the migrations make, to the
// letter. A trigger, or another definition, would change what a statement does without changing a row.
namespace coffer::schema {

// A line for everything that was added, dropped or redefined, compared with the steps up to the file's
// version, which is at most the newest. Empty where nothing was.
std::vector<std::string> differences(SqlConnection& connection, migrations::Steps steps);

// Whether the tables are this release's by the digest that stands in the source. Where it does not fit,
// differences() runs the steps; a digest that was not brought along with a new step costs time alone.
bool has_known_digest(SqlConnection& connection);

// Throws CorruptHeader, naming the first of them.
void require_unchanged(SqlConnection& connection, migrations::Steps steps);

}  // namespace coffer::schema
