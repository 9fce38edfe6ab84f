#include "vault/server.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "vault/api/api.h"
#include "vault/api/wire/envelope.h"
#include "vault/engine/engine.h"
#include "vault/net/http_server.h"

namespace coffer {
namespace {

// Callers whose request was cut short are still told so.
constexpr Duration kTimeToAnswer = std::chrono::seconds(2);

// Cuts off what the vault is waiting for, if this lives longer than `patience`.
class CutOffTimer {
 public:
  CutOffTimer(Vault& vault, Duration patience)
      : vault_(vault), thread_([this, patience] { run(patience); }) {}
  ~CutOffTimer() {
    {
      const std::lock_guard lock(mutex_);
      is_done_ = true;
    }
    changed_.notify_all();
    thread_.join();
    vault_.cut_requests_off(false);
  }
  CutOffTimer(const CutOffTimer&) = delete;
  CutOffTimer& operator=(const CutOffTimer&) = delete;

 private:
  void run(Duration patience) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, patience, [this] { return is_done_; })) return;
    vault_.cut_requests_off(true);
    vault_.engine().end_request_waits();
  }

  Vault& vault_;
  std::mutex mutex_;  // guards is_done_
  std::condition_variable changed_;
  bool is_done_ = false;
  std::thread thread_;
};

}  // namespace

struct Server::Impl {
  Impl(Vault& served, const ServerOptions& options)
      : vault(served),
        engine(served.engine()),
        stop_timeout(options.stop_timeout),
        http(
            {options.host, options.port}, make_api(engine, {options.movable_clock, options.revoke_grant}),
            [](const ServerRequest& request, const std::exception& error) {
              return api::error_response(request, error);
            },
            engine.env().random, engine.env().log, {}, refusal_answer) {
    engine.set_public_url(options.public_url.empty() ? http.url() : options.public_url);
  }

  Vault& vault;
  Engine& engine;
  const Duration stop_timeout;
  HttpServer http;
};

Server::Server(Vault& vault, const ServerOptions& options) : impl_(std::make_unique<Impl>(vault, options)) {}

Server::~Server() {
  stop();
}

void Server::start() {
  impl_->engine.start();
  impl_->http.start();
}

void Server::stop() {
  const CutOffTimer timer(impl_->vault, impl_->stop_timeout);
  impl_->engine.end_request_waits();
  std::thread background([this] { impl_->engine.stop(); });
  impl_->http.stop(impl_->stop_timeout + kTimeToAnswer);
  background.join();
}

std::string Server::url() const {
  return impl_->http.url();
}
int Server::port() const {
  return impl_->http.port();
}

}  // namespace coffer
