#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/error.h"
#include "vault/base/http.h"
#include "vault/base/id.h"
#include "vault/base/log.h"
#include "vault/base/random.h"
#include "vault/base/secret.h"
#include "vault/model/connection.h"
#include "vault/model/event.h"
#include "vault/model/key_source.h"
#include "vault/model/token_set.h"

namespace coffer {

class Engine;

struct VaultOptions {
  std::filesystem::path path;  // the vault file; its directory is made with mode 0700
  KeySource key;
  bool create_if_missing = true;
  bool is_temporary = false;  // it goes with the program: commits do not wait for the disk
  std::vector<std::filesystem::path> toolkit_directories;
  // Base URL of a mock provider: every toolkit and provider points there.
  std::string mock_url;
  // OAuth clients for managed auth, by toolkit slug.
  std::map<std::string, ClientCredentials> managed_clients;
  // Where browsers reach the program: base of Connect Links and of the redirect URI
  // "<public_url>/oauth/callback/<ac_id>".
  std::string public_url = "http://127.0.0.1:9900";
  // Null: the system's. They outlive the vault.
  const Clock* clock = nullptr;
  Random* random = nullptr;
  HttpClient* http = nullptr;
  Log* log = nullptr;
};

struct AuthorizeOptions {
  UserId user;
  std::string toolkit;
  std::optional<AuthConfigId> auth_config;  // absent: the toolkit's managed default
  std::optional<ConnectionId> reconnect;    // keep this account's id
  std::string alias;
};

// An OAuth grant under way: send the user's browser to `authorization_url`, hand the URL it comes
// back with to complete(). `browser` ties the answer to this request: keep it in the user's
// session, not in the URL.
struct Authorization {
  ConnectionId connection;
  std::string authorization_url;
  Secret browser;
};

struct ToolOutcome {
  bool successful = false;
  std::string data_json;  // an object
  std::string error;      // empty when successful
  std::string log_id;
};

// A sealed vault in this process, with no server around it. Any thread. All members throw Error;
// another user's account is NotFound, as one that does not exist.
class Vault {
 public:
  // Throws WrongKey, CorruptHeader, NewerFormat, VaultInUse, UnsafePermissions, Storage.
  explicit Vault(VaultOptions options);
  ~Vault();
  Vault(Vault&&) noexcept;

  Authorization authorize(const AuthorizeOptions& options);
  // The redirect's full URL or its query. Returns the ACTIVE account; throws WrongState with the
  // provider's reason if it did not come to that.
  Connection complete(const Authorization& authorization, const std::string& redirect_url);
  // Stores a key, token or password that is at hand.
  Connection import(const AuthorizeOptions& options, Credential credential);

  Connection connection(const UserId& user, const ConnectionId& id);
  std::vector<Connection> connections(const UserId& user);
  // Waits, in real time, until the account is ACTIVE. Throws Timeout, WrongState if it failed.
  Connection wait_until_active(const ConnectionId& id, Duration timeout);

  // At most 96 requests wait for one service: the next throws Unavailable.
  ToolOutcome execute(const UserId& user, const std::string& tool, const std::string& arguments_json);

  // The raw credential, fresh; audited. For callers that speak to the service themselves.
  Credential lease(const UserId& user, const ConnectionId& id);

  // What happened to accounts, newest first.
  std::vector<Event> events(std::int64_t limit = 50);

  // Makes a key for callers of a Server around this vault; `scopes` may hold "api" and "tokens".
  // Shown once, stored hashed.
  Secret create_api_key(const std::string& name, const std::vector<std::string>& scopes);

  // Background refreshing and event delivery on threads of the vault's own.
  void start();
  void stop();
  // Without threads: does what is due now, returns when the next thing is.
  std::optional<Timestamp> run_due();

  // For Server; internal. While requests are cut off, those to services end and no new ones begin,
  // unless they go through a client of the caller's own.
  Engine& engine();
  void cut_requests_off(bool is_cut_off);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace coffer
