#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/secret.h"
#include "vault/store/database.h"

// Keys that callers of the HTTP API present. Stored as keyed hashes.
namespace coffer::api_key_store {

struct ApiKey {
  std::string name;
  std::vector<std::string> scopes;  // "api" always; "tokens": may read raw credentials
};

// Throws InvalidArgument for a scope that is not one word, Conflict for a key that is there already.
void insert(WriteTransaction& tx, const Secret& key, const ApiKey& info, Timestamp now);
std::optional<ApiKey> find(Transaction& tx, std::string_view key);
bool any(Transaction& tx);

struct Listed {
  std::string id;  // 12 hex digits that tell it apart and say nothing of the key
  ApiKey value;
  Timestamp created_at;
  bool is_authentic = false;
};
// Oldest first; those that fail authentication too, so that they can be removed.
std::vector<Listed> list(Transaction& tx);
// False if there is none of that id.
bool remove(WriteTransaction& tx, std::string_view id);

}  // namespace coffer::api_key_store
