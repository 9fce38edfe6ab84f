#pragma once

#include <string>
#include <vector>

#include "vault/base/error.h"
#include "vault/store/database.h"
#include "vault/store/digest_keeper.h"
#include "vault/store/sql_connection.h"

// What Database::check() asks of each table family; each is implemented beside its table. A fault
// is one line that names the row.
namespace coffer::integrity {

using Faults = std::vector<std::string>;

// Runs `read`; a row that fails authentication becomes a fault.
template <class Read>
void note(Faults& faults, Read&& read) {
  try {
    read();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::TamperedRow) throw;
    faults.emplace_back(error.what());
  }
}

void check_auth_configs(Transaction& tx, Faults& faults);
void check_connections(Transaction& tx, Faults& faults);
void check_links(Transaction& tx, Faults& faults);
void check_sessions(Transaction& tx, Faults& faults);
void check_subscriptions(Transaction& tx, Faults& faults);
void check_outbox(Transaction& tx, Faults& faults);
void check_audit_log(Transaction& tx, Faults& faults);
void check_api_keys(Transaction& tx, Faults& faults);
void check_data_keys(Transaction& tx, Faults& faults);

// Over the rows that are there: digest and count, without the count of commits.
DigestRow digest_of_rows(SqlConnection& connection, const Keyring& keys);

// False where rows were added, taken away or put back, where an index is not its table's, and where
// SQLite finds the file damaged.
bool is_of_one_piece(SqlConnection& connection, const Keyring& keys);

// PRAGMA integrity_check; all of the above; and the stored set digest against the rows that are
// there, which finds rows that were added, taken away or put back from an older time.
// `connection` is the transaction's.
Faults check_all(Transaction& tx, SqlConnection& connection);

}  // namespace coffer::integrity
