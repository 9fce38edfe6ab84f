#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "vault/base/clock.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/log.h"
#include "vault/base/secret.h"
#include "vault/catalog/catalog.h"

namespace coffer::mock {

struct MockOptions {
  std::string host = "127.0.0.1";  // loopback only
  int port = 0;                    // 0: the system chooses
  std::uint64_t seed = 1;          // the same seed gives the same codes, tokens and ids
  // Shared with the vault, or null: a clock of its own that follows real time.
  MovableClock* clock = nullptr;
  // How the controls move that clock forward when others live by it: with all that is due on the
  // way, so that POST /_mock/clock answers when it has run. Null: the clock alone is moved.
  std::function<void(Timestamp)> travel = {};
  // Where its toolkits and providers come from; null: the built-in ones.
  const Catalog* catalog = nullptr;
  Log* log = nullptr;
};

// A ready client of one provider, as an operator would have registered it.
struct MockClient {
  std::string client_id;
  std::string client_secret;
};

// What the mock answered to a request that came without a socket.
struct MockAnswer {
  int status = 0;  // 0: the connection would have been reset
  std::string body;
};

// An OAuth provider and toolkit servers on one loopback socket, for tests and development:
//   <mock path of provider>/authorize, /token, /revoke, /introspect, /userinfo, discovery
//   <mock path of toolkit>/...   the toolkit's API, which believes only live credentials
//   /_mock/...                   clock, faults, grants, consent scripts, journal, reset
// Accounts: alice@example.com and bob@example.com, password "password".
// Any thread; the destructor stops it.
class MockProvider {
 public:
  explicit MockProvider(const MockOptions& options = {});
  ~MockProvider();
  MockProvider(const MockProvider&) = delete;
  MockProvider& operator=(const MockProvider&) = delete;

  void start();
  void stop();

  std::string url() const;  // "http://127.0.0.1:port"
  // Throws NotFound.
  std::string issuer(const std::string& provider_id) const;
  int port() const;
  MovableClock& clock();

  // The client that the dev daemon uses as its managed one; redirect URIs on loopback, any port.
  MockClient managed_client(const std::string& provider_id) const;

  // A valid key of this account for toolkits that take keys: "api_key", "token", or
  // "username"/"password" as the toolkit's fields are called.
  Fields credentials_of(const std::string& toolkit, const std::string& account) const;

  // Walks login and consent of an authorize URL as this account and returns the redirect to the
  // client, without following it. Works without sockets.
  std::string approve(const std::string& authorize_url, const std::string& account);
  std::string deny(const std::string& authorize_url);

  // Asks in-process what a client would ask over HTTP. `target`: a path with query, or a whole URL
  // of the mock's. Throws InvalidArgument for a broken one.
  MockAnswer ask(const std::string& method, const std::string& target, const Fields& headers = {},
                 const std::string& body = {});

  // Ends the grants of this account at this provider: refresh tokens are refused from now on,
  // access tokens with `access_too`. Returns how many grants ended.
  int revoke_grants(const std::string& provider_id, const std::string& account, bool access_too);

  // Ends the one grant that this refresh token belongs to, with all its tokens. False: no such
  // token was ever given.
  bool revoke_grant_of(const Secret& refresh_token);

  // Token requests seen so far with grant_type=refresh_token that were granted.
  int refresh_count() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace coffer::mock
