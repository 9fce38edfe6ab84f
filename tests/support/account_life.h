#pragma once

#include <future>
#include <string>
#include <string_view>

#include "tests/support/local_daemon.h"
#include "vault/model/connection.h"

namespace coffer::testing {

// The life of one account: user_1's, connected as alice@example.com. What a test spoils at the
// provider, and what can then be seen of the vault's answer.
class AccountLife {
 public:
  // Throws if the account does not become ACTIVE.
  explicit AccountLife(const std::string& toolkit = "gmail", const std::string& tenant = {});

  LocalDaemon daemon;
  const std::string toolkit;
  const std::string account;  // ca_

  // Plans what the mock does wrong, as its controls take it.
  void fault(const std::string& endpoint, const std::string& action, Json more = Json::object());
  // The person's answers to authorization requests from now on.
  void script(const std::string& action, Json more = Json::object());
  // What somebody does to grants on the provider's side: revoke, expire.
  void at_provider(const std::string& verb, Json more = Json::object());

  // Moves the clock to the moment that the next refresh is due, and lets it happen.
  void go_to_refresh();
  // What is due on the way happens in its order.
  void go_to(Timestamp moment);
  // A forced refresh that the provider has begun to serve and not answered yet.
  std::future<ApiAnswer> begin_refresh();
  // Lets what the provider holds back come.
  void let_answer();

  // What the provider saw of this endpoint since the account was connected, oldest first.
  Json requests(const std::string& endpoint);
  std::size_t refreshes() { return requests("refresh").size(); }
  // Between the last two of them.
  Duration last_wait();

  Connection row();
  Secret refresh_token();
  std::string status() { return daemon.status_of(account); }
  std::string reason() { return row().status_reason; }
  // A tool call goes through with what the vault has.
  bool serves();
  ApiAnswer call_tool();
  std::size_t expired_events();
  // A link that names the account.
  std::string link();

 private:
  std::uint64_t first_request_ = 0;  // after which the journal counts
};

}  // namespace coffer::testing
