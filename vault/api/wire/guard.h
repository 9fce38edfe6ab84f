#pragma once

#include <exception>
#include <string>
#include <vector>

#include "vault/engine/engine.h"
#include "vault/net/router.h"

namespace coffer::api {

// Who may talk to the daemon at all: Host must be loopback with our port or the public URL's
// host, Origin (if sent) one of the same, else 403. Keeps DNS rebinding and other sites out.
class Guard {
 public:
  explicit Guard(Engine& engine) : engine_(engine) {}

  // Both throw Forbidden.
  void check_host(const ServerRequest& request) const;
  void check_origin(const ServerRequest& request) const;
  // x-api-key or "Authorization: Bearer". Throws Unauthorized; Forbidden if `scope` is not the key's.
  void check_api_key(const ServerRequest& request, const std::string& scope) const;
  // For what no Error describes: one line with its type and the request id, never its text.
  void log_unexpected(const ServerRequest& request, const std::exception& error) const;

 private:
  Engine& engine_;
};

// Wraps a handler: key checked, JSON content type demanded where there is a body, errors become
// envelopes.
Handler with_api_key(const Guard& guard, std::string scope, Handler handler);

}  // namespace coffer::api
