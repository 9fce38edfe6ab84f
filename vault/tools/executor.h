#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "vault/base/env.h"
#include "vault/catalog/catalog.h"
#include "vault/connect/connector.h"
#include "vault/model/connection.h"
#include "vault/model/token_set.h"
#include "vault/refresh/refresher.h"
#include "vault/store/database.h"

namespace coffer {

class Scrubber;
struct ServiceAnswer;

struct ToolCall {
  std::string tool;
  nlohmann::json arguments = nlohmann::json::object();
  std::optional<UserId> user;              // one of the two, or both; a toolkit with NO_AUTH wants none
  std::optional<ConnectionId> connection;  // pins the account; must be the user's if both are given
};

// A credential that the caller brings for one call: nothing of it is stored.
struct GivenCredential {
  AuthMode mode;  // where it goes
  Credential credential;
  std::map<std::string, std::string> fields;  // what belongs to an account besides: subdomain
  std::string origin;                         // for log and audit log: "custom_auth_params"
};

// As the wire has it. `error` empty: successful.
struct ToolResult {
  bool successful = false;
  nlohmann::json data = nlohmann::json::object();
  std::string error;
  std::string log_id;
  ConnectionId connection;  // empty: a credential of the caller's own, or no login needed
};

// Runs tools as the user. Never puts a credential into a result or a log. Any thread.
class Executor {
 public:
  Executor(Env env, Database& database, const Catalog& catalog, Refresher& refresher);

  // Throws NotFound (tool), InvalidArgument (arguments, by name; user and account do not fit),
  // NeedsConnection (no usable account; the hint names the way to a link), WrongState (the pinned
  // account is not ACTIVE), Forbidden (its auth config does not let this tool run), Unavailable (the token
  // cannot be refreshed now). What the service answers, even an error, is a ToolResult.
  ToolResult execute(const ToolCall& call);
  // Runs it by a credential of the caller's own, whatever user and account the call names. What the
  // service refuses is final. Same errors, but those about accounts.
  ToolResult execute(const ToolCall& call, const GivenCredential& given);

  // The account a call would use. Same errors.
  Connection select_connection(const Toolkit& toolkit, const std::optional<UserId>& user,
                               const std::optional<ConnectionId>& connection);

 private:
  ToolResult finish(const Tool& tool, ServiceAnswer answer, const Scrubber& scrubber,
                    const ConnectionId& connection, const std::string& credential);

  Env env_;
  Database& database_;
  const Catalog& catalog_;
  Refresher& refresher_;
};

}  // namespace coffer
