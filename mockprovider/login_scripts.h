#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/clock.h"

namespace coffer::mock {

// Answers an authorization request without pages. Empty matchers match everything.
struct LoginScript {
  enum class Action {
    Allow,
    Deny,
    Abandon,            // the person goes away: no answer ever comes
    Slow,               // allowed after `delay` of the tenant's clock
    WrongState,         // allowed, and the state is not the one that was sent
    IssuerMismatch,     // allowed, and `iss` names another server (RFC 9207)
    DuplicateCallback,  // allowed, and the browser follows the redirect twice
  };

  std::string id;  // script_
  std::string provider;
  std::string client_id;
  std::string login_hint;
  Action action = Action::Allow;
  std::string account = "alice@example.com";  // who signs in
  std::vector<std::string> refused_scopes;
  Duration delay = std::chrono::minutes(5);
  int count = 0;  // how often it still answers; 0: for ever
};

// "auto", "deny", "abandon", "slow", "wrong_state", "issuer_mismatch", "duplicate_callback";
// "allow" is "auto", too.
std::optional<LoginScript::Action> login_action(std::string_view name);
std::vector<std::string> login_actions();              // all of those names
std::string_view name_of(LoginScript::Action action);  // "allow" for Allow

class LoginScripts {
 public:
  std::string add(LoginScript script);
  // The newest that matches; counts it down.
  std::optional<LoginScript> take(std::string_view provider, std::string_view client_id,
                                  std::string_view login_hint);
  const std::vector<LoginScript>& all() const { return scripts_; }
  void clear() { scripts_.clear(); }

 private:
  friend class SnapshotFields;
  std::vector<LoginScript> scripts_;
  int counter_ = 0;
};

}  // namespace coffer::mock
