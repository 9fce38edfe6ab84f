#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "vault/base/clock.h"

namespace coffer {

struct HttpHeader {
  std::string name;
  std::string value;
};
using HttpHeaders = std::vector<HttpHeader>;

// The first header of that name, in any case; empty view if absent.
std::string_view header_value(const HttpHeaders& headers, std::string_view name);

// What goes out. URL, headers and body may carry credentials: all are wiped on destruction.
struct HttpRequest {
  std::string method = "GET";
  std::string url;  // absolute; never in a log: some services take credentials in the query alone
  HttpHeaders headers;
  std::string body;
  Duration timeout = std::chrono::seconds(30);
  std::size_t max_response_bytes = 4 << 20;
  // True where the status alone matters: a body that is longer, or breaks off, or does not end in time,
  // is handed on as far as it came and fits, and the connection is closed.
  bool takes_part_of_body = false;
  // True for whatever must never be sent twice by the transport itself: a new connection, closed
  // after use. (A reused connection that dies unanswered is retried silently by libcurl.)
  bool once = false;
  // Called when connected and before the first byte of the request leaves. False: nothing is
  // sent, and the result is NotSent/Refused.
  std::function<bool()> before_send;

  HttpRequest() = default;
  HttpRequest(HttpRequest&&) = default;
  HttpRequest& operator=(HttpRequest&&) = default;
  ~HttpRequest();
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;

  HttpResponse() = default;
  HttpResponse(HttpResponse&&) = default;
  HttpResponse& operator=(HttpResponse&&) = default;
  ~HttpResponse();
};

struct HttpFailure {
  enum class Sent { No, Maybe };
  enum class Kind { Policy, Resolve, Connect, Tls, Refused, Timeout, Broken, TooLarge };
  Sent sent = Sent::Maybe;
  Kind kind = Kind::Broken;
  std::string detail;  // for logs; names host and reason, no query, no secret
};

using HttpResult = std::variant<HttpResponse, HttpFailure>;

// One exchange; redirects are answers, never followed. Any thread.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  virtual HttpResult send(const HttpRequest& request) = 0;
};

}  // namespace coffer
