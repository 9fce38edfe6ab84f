#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "vault/model/auth_config.h"
#include "vault/store/database.h"
#include "vault/store/page.h"

// Rows that fail authentication throw TamperedRow from find(); list() leaves them out and logs.
namespace coffer::auth_config_store {

struct Query {
  std::vector<AuthConfigId> ids;
  std::vector<std::string> toolkits;
  std::optional<bool> is_managed;
  bool include_disabled = false;
  std::string search;  // in name or id, any case
  PageRequest page;
};

// The secret is sealed under a data key of this auth config alone.
void insert(WriteTransaction& tx, const AuthConfig& config, const Secret& client_secret);
// Everything but id, toolkit, scheme, created_at and what is sealed apart. False: no such row.
bool update(WriteTransaction& tx, const AuthConfig& config);
bool replace_client(WriteTransaction& tx, const AuthConfigId& id, const ClientCredentials& client);
using SharedCredentials = std::map<std::string, Secret>;
bool replace_shared_credentials(WriteTransaction& tx, const AuthConfigId& id, SharedCredentials shared);
// Soft: find() and list() no longer see it. Its secrets are erased. What fails authentication is
// removed, too: of that the id stays and nothing else.
bool remove(WriteTransaction& tx, const AuthConfigId& id, Timestamp now);

std::optional<AuthConfig> find(Transaction& tx, const AuthConfigId& id);
// The toolkit's managed default.
std::optional<AuthConfig> find_managed(Transaction& tx, const std::string& toolkit);
Page<AuthConfig> list(Transaction& tx, const Query& query);
ClientCredentials open_client(Transaction& tx, const AuthConfigId& id);              // throws NotFound
SharedCredentials open_shared_credentials(Transaction& tx, const AuthConfigId& id);  // throws NotFound

}  // namespace coffer::auth_config_store
