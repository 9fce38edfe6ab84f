#pragma once

#include <optional>
#include <string>

#include "vault/model/connection.h"
#include "vault/model/token_set.h"
#include "vault/store/data_keys.h"
#include "vault/store/database.h"
#include "vault/store/sql_query.h"

// The table `connection` as rows: columns, their MAC, their sealed records. What the rows mean is
// connection_store's and refresh_journal's business.
namespace coffer {

struct RefreshIntent {
  std::string id;
  std::int64_t attempt = 0;
  Timestamp sent_at;
};

struct ConnectionRow {
  Connection value;  // as far as it was read: the clear columns, or all
  std::string user_ref;
  std::optional<std::string> alias_ref;
  std::int64_t data_key_id = 0;
  std::optional<RefreshIntent> intent;
  std::optional<Timestamp> deleted_at;
  // Views into the query's current row, or into what the caller keeps. Empty: NULL.
  Bytes details;
  Bytes credential;
  Bytes wrapped_key;
};

namespace connection_row {

// "SELECT <columns> FROM connection ..." to which callers add their WHERE. Text of static life.
std::string select(const char* rest);

// Reads and authenticates the query's current row: clear columns and views.
// Throws TamperedRow that names the row.
ConnectionRow read(SqlQuery& query, const Keyring& keys);
// The same, with the details opened: `value` is whole.
ConnectionRow read_whole(SqlQuery& query, const Keyring& keys);

DataKey key_of(const ConnectionRow& row, const Keyring& keys);
void open_details(ConnectionRow& row, const Keyring& keys, const DataKey& key);
Credential open_credential(const ConnectionRow& row, const Keyring& keys, const DataKey& key);

// Seals what the row's value says, at its generation, into `details` resp. `credential`, which
// must outlive the row's use.
void seal_details(ConnectionRow& row, const DataKey& key, WriteTransaction& tx, Envelope& details);
void seal_credential(ConnectionRow& row, const Credential& credential, const DataKey& key,
                     WriteTransaction& tx, Envelope& sealed);

// Writes all columns with a new MAC.
void insert(WriteTransaction& tx, const ConnectionRow& row);
void update(WriteTransaction& tx, const ConnectionRow& row);

}  // namespace connection_row
}  // namespace coffer
