#pragma once

#include <memory>
#include <vector>

#include "vault/base/http.h"

namespace coffer {

// Where outgoing requests may go. Checked against the address actually connected to, so that a
// name cannot be rebound. Plain http is allowed to loopback only.
struct OutboundPolicy {
  bool allow_loopback = true;
  bool allow_private = false;  // RFC 1918, link-local, unique local, carrier NAT, metadata
};

// HttpClient over libcurl: HTTP/1.1, no proxy from the environment, no redirects, bounded time
// and size. Connections are kept and reused but for requests marked `once`.
std::unique_ptr<HttpClient> make_http_client(OutboundPolicy policy = {});

}  // namespace coffer
