#pragma once

#include <atomic>
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
// and size. Connections are kept and reused but for requests marked `once`. While `*is_cut_off`,
// requests under way end within about a second as if the connection broke, and others are not sent;
// null: never. It outlives the client.
std::unique_ptr<HttpClient> make_http_client(OutboundPolicy policy = {},
                                             const std::atomic<bool>* is_cut_off = nullptr);

}  // namespace coffer
