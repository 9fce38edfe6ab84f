#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "vault/base/http.h"
#include "vault/net/request_target.h"

namespace coffer {

// Why a request is not served, as an HTTP status and a fact that names no part of the request.
struct Refusal {
  int status = 400;
  std::string_view fact;  // a literal
};

enum class BodyFraming { None, Sized, Chunked };

// The head of one request after the strict check: no reading of it is left to choice.
struct RequestHead {
  std::string method;
  std::string raw_target;  // in origin form
  RequestTarget target;
  HttpHeaders headers;
  BodyFraming framing = BodyFraming::None;
  std::size_t content_length = 0;
  bool expects_continue = false;
  bool keeps_alive = true;
};

struct HeadLimits {
  std::size_t max_headers = 64;
  std::size_t max_body_bytes = 1 << 20;
};

// Reads a complete head, blank line included. Refuses whatever two readers could understand
// differently: bare CR or LF, folded lines, spaces before a colon, repeated or conflicting
// framing fields, no or several Host fields, targets that are neither in origin form nor http URLs of that
// Host.
std::variant<RequestHead, Refusal> parse_head(std::string_view head, const HeadLimits& limits);

}  // namespace coffer
