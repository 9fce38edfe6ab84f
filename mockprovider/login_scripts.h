#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::mock {

// Answers an authorization request at once, without pages. Empty matchers match everything.
struct LoginScript {
  std::string id;  // script_
  std::string provider;
  std::string client_id;
  std::string login_hint;
  enum class Action { Allow, Deny } action = Action::Allow;
  std::string account = "alice@example.com";  // who signs in
  std::vector<std::string> refused_scopes;
  int count = 0;  // how often it still answers; 0: for ever
};

class LoginScripts {
 public:
  std::string add(LoginScript script);
  // The newest that matches; counts it down.
  std::optional<LoginScript> take(std::string_view provider, std::string_view client_id,
                                  std::string_view login_hint);
  const std::vector<LoginScript>& all() const { return scripts_; }
  void clear() { scripts_.clear(); }

 private:
  std::vector<LoginScript> scripts_;
  int counter_ = 0;
};

}  // namespace coffer::mock
