#include "vault/server.h"

#include "vault/api/api.h"
#include "vault/api/wire/envelope.h"
#include "vault/engine/engine.h"
#include "vault/net/http_server.h"

namespace coffer {

struct Server::Impl {
  Impl(Engine& vault_engine, const ServerOptions& options)
      : engine(vault_engine),
        http(
            {options.host, options.port}, make_api(engine, {options.movable_clock, options.revoke_grant}),
            [](const ServerRequest& request, const std::exception& error) {
              return api::error_response(request, error);
            },
            engine.env().random, engine.env().log, {}, refusal_answer) {
    engine.set_public_url(options.public_url.empty() ? http.url() : options.public_url);
  }

  Engine& engine;
  HttpServer http;
};

Server::Server(Vault& vault, ServerOptions options)
    : impl_(std::make_unique<Impl>(vault.engine(), options)) {}

Server::~Server() {
  stop();
}

void Server::start() {
  impl_->engine.start();
  impl_->http.start();
}

void Server::stop() {
  impl_->engine.end_request_waits();
  impl_->http.stop();
  impl_->engine.stop();
}

std::string Server::url() const {
  return impl_->http.url();
}
int Server::port() const {
  return impl_->http.port();
}

}  // namespace coffer
