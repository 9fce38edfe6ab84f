#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vault/base/clock.h"
#include "vault/model/auth_config.h"
#include "vault/model/toolkit.h"
#include "vault/refresh/refresher.h"
#include "vault/store/connection_store.h"
#include "vault/store/database.h"

namespace coffer {

// For the hint of a refusal: how a user gets an account that is ACTIVE. `alias`: of the account to
// reconnect; may be empty.
std::string way_to_connect(const UserId& user, const std::string& toolkit, const std::string& alias = {});

// The account's auth config. Throws WrongState where it is disabled or was deleted: its accounts do not
// act, whoever asks.
AuthConfig require_auth_config(Transaction& tx, const Connection& connection);

// How the account's credential is sent. Throws WrongState where the toolkit no longer takes its kind.
const AuthMode& mode_of(const Toolkit& toolkit, const Connection& connection);

// A connected account on its way through one tool call: found, opened, kept fresh, and given up
// with an error that names the way back. Holds no transaction between calls.
class AccountUse {
 public:
  AccountUse(const Clock& clock, Database& database, Refresher& refresher, const Toolkit& toolkit)
      : clock_(clock), database_(database), refresher_(refresher), toolkit_(toolkit) {}

  // Executor::select_connection.
  Connection select(const std::optional<UserId>& user, const std::optional<ConnectionId>& connection);

  // Throws Forbidden where the account's auth config lets other tools run and not this one; with no
  // tool, where it lets some run and thus not everything. After select().
  void require_allowed(std::string_view tool = {}) const;

  // Row and credential, with a token that may still be used.
  connection_store::Opened open(const ConnectionId& id);

  // The service refused the credential: the one to try again with, refreshed where it can be.
  connection_store::Opened renew(const connection_store::Opened& refused);

  // It refused again. A grant that cannot be refreshed is over: throws. Others may have other
  // reasons to be refused: returns.
  void give_up(const connection_store::Opened& refused);

 private:
  Connection find_pinned(const std::optional<UserId>& user, const ConnectionId& id);
  Connection find_default(const UserId& user);
  void check_auth_config(const Connection& connection);
  void refresh(const Connection& connection);
  connection_store::Opened read(const ConnectionId& id);
  [[noreturn]] void fail_not_active(const Connection& connection) const;
  [[noreturn]] void fail_without_account(const UserId& user, const std::string& detail) const;

  const Clock& clock_;
  Database& database_;
  Refresher& refresher_;
  const Toolkit& toolkit_;
  bool is_pinned_ = false;
  std::optional<AuthConfig> config_;  // of what was selected
};

}  // namespace coffer
