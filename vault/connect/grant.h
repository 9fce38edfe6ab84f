#pragma once

#include <map>
#include <string>
#include <vector>

#include "vault/model/connection.h"
#include "vault/model/token_set.h"
#include "vault/store/database.h"

namespace coffer {

// A credential on its way into an account, with what was learned about it.
struct Grant {
  Credential credential = {};
  std::vector<std::string> scopes = {};  // as granted
  // Who the service says it belongs to. Empty: not known, as with a credential that the application
  // brings: nobody asked the service, and it may be another person's than the one before.
  std::string identity = {};
  std::map<std::string, std::string> fields = {};
  Timestamp asked_at = {};                    // when the credential was asked for: lifetimes count from here
  std::optional<Duration> refresh_lead = {};  // the provider's, see Provider
  std::string origin = {};                    // for the audit log: "connect link", "import", "replacement"
};

// Whether both are known and differ in more than case: the person signed in as somebody else.
bool is_other_identity(const Connection& connection, const Grant& grant);

// Seals the credential and writes the row, in the caller's transaction: ACTIVE unless somebody
// switched the account off meanwhile, one audit row, a refresh under way disowned. `connection`
// is as just read in this transaction.
void apply_grant(WriteTransaction& tx, Connection& connection, const Grant& grant, Timestamp now);

}  // namespace coffer
