#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/error.h"
#include "vault/connect/blueprint.h"
#include "vault/connect/connector.h"
#include "vault/store/link_store.h"

namespace coffer {

// One Connect Link and all it refers to, read in one transaction.
struct Walk {
  link_store::Link link;
  Connection connection;
  Blueprint blueprint;
};

// Throws NotFound for an unknown token and Gone where account or auth config were deleted.
Walk load_walk(Transaction& tx, const Catalog& catalog, std::string_view link_token);

// As it is now: an open link whose time is over is Expired, whatever its row says.
link_store::State state_of(const link_store::Link& link, Timestamp now);
bool is_open(const link_store::Link& link, Timestamp now);
// Throws Gone with the reason.
void require_open(const link_store::Link& link, Timestamp now);

Error other_browser();

// What the account's connection fields are known to be before the person enters anything.
std::map<std::string, std::string> known_fields(const Walk& walk);
std::vector<ConnectionField> missing_fields(const Walk& walk);
// The toolkit's host and port, with "<name>" for a field that the person has yet to enter.
std::string service_host(const Walk& walk);

// How a link ends without a grant.
struct LinkEnding {
  BrowserStep::Failure failure = BrowserStep::Failure::None;
  std::string status_reason;
  std::string problem;
  std::string error_code;
};

// Ends link and, where it waited for the link alone, account; in the caller's transaction.
BrowserStep fail_link(WriteTransaction& tx, const link_store::Link& link, const LinkEnding& ending,
                      Timestamp now);

// Ends a link whose time is over. A row that fails authentication is named in the log and does
// not keep the others from ending.
void expire_link(WriteTransaction& tx, const link_store::Link& link, Timestamp now, Log& log);

}  // namespace coffer
