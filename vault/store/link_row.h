#pragma once

#include <string>
#include <vector>

#include "vault/store/data_keys.h"
#include "vault/store/link_store.h"
#include "vault/store/sql_query.h"

// The table `link` as rows: columns, their MAC, their sealed records.
namespace coffer {

struct LinkRow {
  link_store::Link value;
  Mac token_hash{};
  std::string user_ref;
  std::int64_t data_key_id = 0;
  std::vector<std::uint8_t> state_hash;    // empty: none
  std::vector<std::uint8_t> browser_hash;  // empty: none
  // Views into the query's current row, or into what the caller keeps. Empty: NULL.
  Bytes details;
  Bytes verifier;
  Bytes wrapped_key;
};

namespace link_row {

std::string select(const char* rest);

// Reads and authenticates the query's current row: clear columns and views. Throws TamperedRow.
LinkRow read(SqlQuery& query, const Keyring& keys);
// The same, with all sealed columns opened.
LinkRow read_whole(SqlQuery& query, const Keyring& keys);

DataKey key_of(const LinkRow& row, const Keyring& keys);

struct Sealed {
  Envelope details;
  Envelope verifier;
};
// `out` must outlive the row's use.
void seal_all(LinkRow& row, const DataKey& key, WriteTransaction& tx, Sealed& out);

void insert(WriteTransaction& tx, const LinkRow& row);
void update(WriteTransaction& tx, const LinkRow& row);

// The deliberate copy of a value that holds a secret.
void copy(const link_store::Link& from, link_store::Link& to);

}  // namespace link_row
}  // namespace coffer
