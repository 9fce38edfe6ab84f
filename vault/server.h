#pragma once

#include <functional>
#include <memory>
#include <string>

#include "vault/vault.h"

namespace coffer {

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 9900;         // 0: the system chooses
  std::string public_url;  // empty: the bound address
  // What is under way at stop() has this long; then requests to services are cut as if their
  // connections broke. Unless the vault was given an HTTP client of the caller's own: its requests are
  // waited for.
  Duration stop_timeout = std::chrono::seconds(10);
  // Test controls: the vault's own clock, to be moved by POST /_coffer/clock. Null: neither that
  // route nor /_coffer/trigger exists.
  MovableClock* movable_clock = nullptr;
  // How /_coffer/trigger ends the grant that a refresh token belongs to, at the provider; false: it
  // is not known there. Empty: by the provider's revocation endpoint, where it has one.
  std::function<bool(const Secret& refresh_token)> revoke_grant = {};
};

// The daemon's HTTP front and background threads around a Vault.
class Server {
 public:
  // Binds; throws Conflict if the address is taken.
  Server(Vault& vault, const ServerOptions& options);
  ~Server();  // stop()

  void start();
  // Takes no new requests; those under way, tool calls, token requests and deliveries end or are cut
  // after `stop_timeout`. Returns at most three seconds later. Nothing is lost: what was cut is what a
  // crash would have interrupted.
  void stop();

  std::string url() const;
  int port() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace coffer
