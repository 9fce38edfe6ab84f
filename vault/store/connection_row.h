#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vault/model/connection.h"
#include "vault/model/token_set.h"
#include "vault/store/data_keys.h"
#include "vault/store/database.h"
#include "vault/store/sql_query.h"

// The table `connection` as rows. Each has two sealed records: the credential, under the user's
// data key; and the account, which holds a copy of that key and what describes the account, with
// every clear column and the credential's tag as associated data. Opening the account record thus
// authenticates the row, and one lookup finds all that a tool call needs. What the rows mean is
// connection_store's and refresh_journal's business.
namespace coffer {

struct RefreshIntent {
  std::string id;
  std::int64_t attempt = 0;
  Timestamp sent_at;
};

struct ConnectionRow {
  std::int64_t rowid = 0;  // as read
  Connection value;
  std::string user_ref;
  std::optional<std::string> alias_ref;
  DataKey key;  // the user's
  std::optional<RefreshIntent> intent;
  std::optional<Timestamp> deleted_at;
  // A view into the query's current row, or into what the caller keeps. Empty: NULL.
  Bytes credential;
};

namespace connection_row {

// "SELECT <columns> FROM connection AS c ..." to which callers add the rest.
std::string select(const char* rest);
// The same of one account, whose id is the only parameter, and conditions that begin with AND. SQLite copies
// every text that it reads from a row; the id it is given back as it was bound.
std::string select_one(const char* rest = "");

// Reads and authenticates the query's current row. Throws TamperedRow that names it.
ConnectionRow read(SqlQuery& query, const Keyring& keys);

Credential open_credential(const ConnectionRow& row, const Keyring& keys);
// For the row as it now stands, its generation above all.
Envelope seal_credential(const ConnectionRow& row, const Credential& credential, WriteTransaction& tx);

// What the indexes are made of: the pages of an index whose columns stay are not written.
struct Indexed {
  ConnectionStatus status;
  std::string toolkit;
  AuthConfigId auth_config;
  std::optional<Timestamp> next_refresh_at;
  std::string intent_id;
  bool is_deleted;
};
Indexed indexed(const ConnectionRow& row);

void insert(WriteTransaction& tx, const ConnectionRow& row);
// The row was read in this transaction; `before` is of what was read.
void update(WriteTransaction& tx, const Indexed& before, const ConnectionRow& row);
// Whatever is stored under the row's id.
void replace(WriteTransaction& tx, const ConnectionRow& row);

}  // namespace connection_row
}  // namespace coffer
