#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/random.h"

namespace coffer::mock {

// What somebody is asked to allow: an authorization request that passed every check (RFC 6749 section 4.1.1).
struct AuthorizationRequest {
  std::string provider;
  std::string client_id;
  std::string client_name;
  std::string redirect_uri;
  std::optional<std::string> state;  // echoed exactly, even when empty
  std::vector<std::string> scopes;
  std::vector<std::string> companion_scopes;  // asked for a second grant of the same consent
  std::vector<std::string> resources;
  std::string code_challenge;
  std::string nonce;
  std::string prompt;
  std::map<std::string, std::string> offline_params;  // those of the profile's that were sent
  std::string login_hint;
  std::string device_code;  // of a device that waits for the answer; empty: a browser does
  std::string script;       // name of a login script that the request itself asks for
};

// Between the login page and the answer of the consent page.
struct PendingAuthorization {
  AuthorizationRequest request;
  std::string account;  // empty: nobody signed in yet
  Timestamp expires_at;
};

// Walks through the pages, by the random name in their hidden fields. One thread at a time.
class PendingAuthorizations {
 public:
  PendingAuthorizations(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  std::string add(AuthorizationRequest request);
  PendingAuthorization* find(std::string_view transaction);  // null: unknown, used or expired
  void remove(std::string_view transaction);

 private:
  friend class SnapshotFields;
  const Clock& clock_;
  Random& random_;
  std::map<std::string, PendingAuthorization, std::less<>> pending_;
};

}  // namespace coffer::mock
