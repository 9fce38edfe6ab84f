#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/clock.h"
#include "vault/store/database.h"

// Small sealed texts by kind and id, for what is few and looked up by id alone: settings, MCP
// servers, who may use a shared account.
namespace coffer::document_store {

struct Document {
  std::string kind;
  std::string id;
  std::string text;
  Timestamp created_at;
  Timestamp updated_at;
};

// Makes it, or replaces its text; an existing one keeps its time of creation.
void put(WriteTransaction& tx, const Document& document);
bool remove(WriteTransaction& tx, std::string_view kind, std::string_view id);
// Throws TamperedRow.
std::optional<Document> find(Transaction& tx, std::string_view kind, std::string_view id);
// In the order they were made; rows that fail authentication are left out and logged.
std::vector<Document> list(Transaction& tx, std::string_view kind);

// For integrity::check_rows: one line for each row that fails authentication.
void check(Transaction& tx, std::vector<std::string>& faults);

}  // namespace coffer::document_store
