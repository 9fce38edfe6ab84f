#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "vault/base/log.h"
#include "vault/base/random.h"
#include "vault/net/router.h"

namespace coffer {

// Bounds of the HTTP front. A violation is answered with 400, 408, 413, 431 or 501 and the
// connection closed; the handler never sees it.
struct ServerLimits {
  std::size_t max_head_bytes = 16 << 10;
  std::size_t max_headers = 64;
  std::size_t max_body_bytes = 1 << 20;  // chunked bodies too; compressed ones are refused
  Duration head_timeout = std::chrono::seconds(5);
  Duration body_timeout = std::chrono::seconds(15);
  Duration idle_timeout = std::chrono::seconds(60);
  std::size_t max_connections = 4096;
  int threads = 8;
};

struct BindAddress {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: the system chooses
};

// A socket front for one handler: strict framing, exactly one Host, idle connections in epoll,
// TCP_NODELAY, head and body in one send. Two servers never share a port.
// The constructor binds (throws Error{Conflict} if the port is taken), start() serves.
class HttpServer {
 public:
  // `handler` runs on the pool's threads and may throw Error: `on_error` makes the answer.
  HttpServer(BindAddress address, Handler handler,
             std::function<ServerResponse(const ServerRequest&, const std::exception&)> on_error, Random& random,
             Log& log, ServerLimits limits = {});
  ~HttpServer();  // stop()

  void start();
  // Takes no new requests, lets running handlers end (at most `grace`), closes everything.
  void stop(Duration grace = std::chrono::seconds(30));

  int port() const;
  std::string url() const;  // "http://127.0.0.1:port"

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace coffer
