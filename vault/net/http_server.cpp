#include "vault/net/http_server.h"

#include <sys/resource.h>

#include <algorithm>
#include <mutex>

#include "vault/net/connection_hub.h"
#include "vault/net/keeper.h"
#include "vault/net/listener.h"
#include "vault/net/worker_pool.h"

namespace coffer {
namespace {

using ErrorHandler = std::function<ServerResponse(const ServerRequest&, const std::exception&)>;

constexpr Duration kStopTurn = std::chrono::milliseconds(5);

// Clients must not use up the descriptors that the rest of the process lives on.
ServerLimits within_descriptors(ServerLimits limits) {
  constexpr std::size_t kLeftToOthers = 128;
  rlimit descriptors{};
  if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return limits;
  const std::size_t most = std::max<std::size_t>(descriptors.rlim_cur, 2 * kLeftToOthers) - kLeftToOthers;
  limits.max_connections = std::min(limits.max_connections, most);
  return limits;
}

}  // namespace

struct HttpServer::Impl {
  Impl(const BindAddress& address, ServerHandler handler_in, ErrorHandler on_error_in, Random& random,
       Log& log_in, const ServerLimits& limits_in, RefusalAnswer answer_refusal_in);

  void start();
  void stop(Duration grace);
  ServerResponse answer(ServerRequest& request);
  ServerResponse refuse(const ServerRequest& request, const Refusal& refusal);

  const ServerLimits limits;
  Log& log;
  const ServerHandler handler;
  const ErrorHandler on_error;
  const RefusalAnswer answer_refusal;
  ConnectionContext context;
  Listener listener;
  ConnectionHub hub;
  Keeper keeper;
  WorkerPool pool;
  std::mutex lifecycle;  // guards both below
  bool has_started = false;
  bool has_stopped = false;
};

HttpServer::Impl::Impl(const BindAddress& address, ServerHandler handler_in, ErrorHandler on_error_in,
                       Random& random, Log& log_in, const ServerLimits& limits_in,
                       RefusalAnswer answer_refusal_in)
    : limits(within_descriptors(limits_in)),
      log(log_in),
      handler(std::move(handler_in)),
      on_error(std::move(on_error_in)),
      answer_refusal(std::move(answer_refusal_in)),
      context(limits),
      listener(address),
      hub(context),
      keeper(listener, hub, limits),
      pool(
          limits.threads, limits.max_threads, [this](Duration patience) { return hub.work(patience); },
          [this] { keeper.poke(); }) {
  context.answer = [this](ServerRequest& request) { return answer(request); };
  context.new_request_id = [&random] { return random_uuid(random); };
  context.answer_refusal = [this](const ServerRequest& request, const Refusal& refusal) {
    return refuse(request, refusal);
  };
}

void HttpServer::Impl::start() {
  const std::lock_guard lock(lifecycle);
  if (has_started || has_stopped) return;
  has_started = true;
  if (!listener.covers_intended_addresses()) {
    log.warn("http_one_loopback_only", {{"port", std::to_string(listener.port())}});
  }
  pool.start();
  keeper.start(pool);
}

void HttpServer::Impl::stop(Duration grace) {
  const std::lock_guard lock(lifecycle);
  if (has_stopped) return;
  has_stopped = true;
  context.stopping = true;
  keeper.stop();
  listener.close();
  const auto end = std::chrono::steady_clock::now() + grace;
  // In turns: a connection that a thread holds at this moment may be idle in the next.
  while (!hub.close_idle(kStopTurn) && std::chrono::steady_clock::now() < end) {
  }
  hub.cut_all();
  hub.release();
  pool.stop();
}

ServerResponse HttpServer::Impl::answer(ServerRequest& request) {
  const WorkerPool::Blocking blocking(pool);
  try {
    try {
      return handler(request);
    } catch (const std::exception& error) {
      return on_error(request, error);
    }
  } catch (...) {
    log.error("http_handler_failed", {{"request_id", request.request_id}});
  }
  return ServerResponse::text(500, "internal error\n");
}

ServerResponse HttpServer::Impl::refuse(const ServerRequest& request, const Refusal& refusal) {
  log.info("http_refused", {{"request_id", request.request_id},
                            {"status", std::to_string(refusal.status)},
                            {"reason", std::string(refusal.fact)}});
  try {
    return answer_refusal(request, refusal);
  } catch (...) {
    return plain_refusal(request, refusal);
  }
}

ServerResponse plain_refusal(const ServerRequest&, const Refusal& refusal) {
  return ServerResponse::text(refusal.status, std::string(refusal.fact) + "\n");
}

HttpServer::HttpServer(const BindAddress& address, ServerHandler handler, ErrorHandler on_error,
                       Random& random, Log& log, ServerLimits limits, RefusalAnswer answer_refusal)
    : impl_(std::make_unique<Impl>(address, std::move(handler), std::move(on_error), random, log, limits,
                                   std::move(answer_refusal))) {}

HttpServer::~HttpServer() {
  stop();
}

void HttpServer::start() {
  impl_->start();
}

void HttpServer::stop(Duration grace) {
  impl_->stop(grace);
}

int HttpServer::port() const {
  return impl_->listener.port();
}

std::string HttpServer::url() const {
  return "http://" + impl_->listener.host() + ":" + std::to_string(impl_->listener.port());
}

}  // namespace coffer
