#pragma once

#include <string>

#include "vault/net/router.h"

namespace coffer {

struct WireOptions {
  bool keeps_alive = true;
  bool without_body = false;  // the answer to HEAD
  std::string_view request_id;
};

// Head and body of an answer as one text. Framing headers are ours alone: Content-Length,
// Transfer-Encoding, Connection and x-request-id of the handler are left out. An answer that
// could split the stream (a line end in a header) becomes a bare 500.
std::string write_response(const ServerResponse& response, const WireOptions& options);

}  // namespace coffer
