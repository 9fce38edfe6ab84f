#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "vault/base/log.h"
#include "vault/base/random.h"
#include "vault/net/request_head.h"
#include "vault/net/router.h"

namespace coffer {

// Bounds of the HTTP front. A violation is answered with 400, 408, 413, 415, 417, 431, 501, 503 or
// 505 and the connection closed; the handler never sees it.
struct ServerLimits {
  std::size_t max_head_bytes = 16 << 10;
  std::size_t max_headers = 64;
  std::size_t max_body_bytes = 1 << 20;  // chunked bodies too; compressed ones are refused
  Duration head_timeout = std::chrono::seconds(5);
  Duration body_timeout = std::chrono::seconds(15);
  Duration idle_timeout = std::chrono::seconds(60);
  std::size_t max_connections = 4096;         // one more takes the place of the longest idle one, or gets 503
  std::size_t max_buffered_bytes = 32 << 20;  // unanswered requests of all connections together
  int threads = 8;
  int max_threads = 176;  // the pool grows to this while all of its threads wait inside handlers;
                          // more than HostBound and the engine let wait, so that some serve probes and pages
};

struct BindAddress {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: the system chooses
};

// Handlers that only read the request fit as well.
using ServerHandler = std::function<ServerResponse(ServerRequest&)>;

// The answer to what the front refuses by itself: its status is the refusal's or one that the client's
// dialect knows. `request` holds its id, and method and path as far as they could be read.
using RefusalAnswer = std::function<ServerResponse(const ServerRequest&, const Refusal&)>;
ServerResponse plain_refusal(const ServerRequest& request, const Refusal& refusal);

// A socket front for one handler: strict framing, exactly one Host, idle connections in epoll,
// TCP_NODELAY, head and body in one send. Two servers never share a port.
// The constructor binds (throws Error{Conflict} if the port is taken), start() serves.
class HttpServer {
 public:
  // `handler` runs on the pool's threads and may throw Error: `on_error` makes the answer.
  // `host` is a numeric address or "localhost"; 127.0.0.1 and localhost listen on [::1] as well, where
  // that is possible.
  HttpServer(const BindAddress& address, ServerHandler handler,
             std::function<ServerResponse(const ServerRequest&, const std::exception&)> on_error,
             Random& random, Log& log, ServerLimits limits = {},
             RefusalAnswer answer_refusal = plain_refusal);
  ~HttpServer();  // stop()

  void start();
  // Takes no new requests, lets running handlers end and their answers leave. After `grace` the
  // connections are cut, but a handler that still runs is waited for: what it uses must outlive it.
  // Final: a stopped server does not start again.
  void stop(Duration grace = std::chrono::seconds(30));

  int port() const;
  std::string url() const;  // "http://127.0.0.1:port"

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace coffer
