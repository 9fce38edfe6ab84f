#include "mockprovider/provider.h"

#include <condition_variable>
#include <mutex>
#include <optional>

#include "mockprovider/front.h"
#include "mockprovider/snapshot.h"
#include "mockprovider/walker.h"
#include "vault/base/error.h"
#include "vault/net/http_server.h"

namespace coffer::mock {
namespace {

Profiles read_profiles(const Catalog& catalog) {
  Profiles profiles;
  for (const auto& [id, provider] : catalog.providers()) profiles.emplace(id, read_profile(provider));
  return profiles;
}

void check_loopback(const std::string& host) {
  // A name could mean any address; these cannot.
  if (host == "127.0.0.1" || host == "::1") return;
  throw Error(ErrorCode::InvalidArgument, "the mock provider does not listen on " + host,
              "use 127.0.0.1 or ::1: whoever reaches it can sign in as anybody");
}

// Snapshots come back as one body, whatever was put between their members. Threads are made on demand; those
// beyond the waiting requests are for whoever ends the waiting.
ServerLimits limits() {
  ServerLimits limits;
  limits.max_body_bytes = 2 * kMostSnapshotBytes;
  limits.max_buffered_bytes = 4 * kMostSnapshotBytes;
  limits.max_threads = Front::kMostWaiting + 16;
  return limits;
}

// Real time that ends early when the mock stops.
class Pause {
 public:
  void wait(Duration time) {
    std::unique_lock lock(mutex_);
    stopped_changed_.wait_for(lock, time, [this] { return is_stopped_; });
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    stopped_changed_.notify_all();
  }

 private:
  std::mutex mutex_;  // guards is_stopped_
  std::condition_variable stopped_changed_;
  bool is_stopped_ = false;
};

}  // namespace

struct MockProvider::Impl {
  explicit Impl(const MockOptions& options)
      : own_clock(SystemClock().now()),
        clock(options.clock ? *options.clock : own_clock),
        own_catalog(options.catalog ? std::nullopt : std::optional(Catalog::load())),
        catalog(options.catalog ? *options.catalog : *own_catalog),
        profiles(read_profiles(catalog)),
        // Apart from the tenants' randomness, so that request ids do not shift their tokens.
        request_ids(~options.seed),
        server(
            {options.host, options.port},
            [this](const ServerRequest& request) { return front.handle(request); },
            [](const ServerRequest&, const std::exception&) {
              return ServerResponse::text(500, "internal error\n");
            },
            request_ids, options.log ? *options.log : null_log(), limits()),
        front({server.url(), clock, catalog, profiles, options.seed, options.travel},
              [this](Duration time) { pause.wait(time); }) {
    own_clock.run_at(1.0);
  }

  ~Impl() { stop(); }

  void stop() {
    pause.stop();
    front.close();
    server.stop();
  }

  MovableClock own_clock;
  MovableClock& clock;
  const std::optional<Catalog> own_catalog;
  const Catalog& catalog;
  const Profiles profiles;
  SeededRandom request_ids;
  Pause pause;
  HttpServer server;  // binds here and serves from start() on
  Front front;
};

MockProvider::MockProvider(const MockOptions& options) {
  check_loopback(options.host);
  impl_ = std::make_unique<Impl>(options);
}

MockProvider::~MockProvider() = default;

void MockProvider::start() {
  impl_->server.start();
}

void MockProvider::stop() {
  impl_->stop();
}

std::string MockProvider::url() const {
  return impl_->server.url();
}

int MockProvider::port() const {
  return impl_->server.port();
}

MovableClock& MockProvider::clock() {
  return impl_->clock;
}

MockClient MockProvider::managed_client(const std::string& provider_id) const {
  return impl_->front.with_tenant([&](Tenant& tenant) -> MockClient {
    const Client* client = tenant.clients.find(provider_id, "coffer-dev-" + provider_id);
    if (!client) throw Error(ErrorCode::NotFound, "provider \"" + provider_id + "\" does not exist");
    return {client->client_id, client->client_secret};
  });
}

Fields MockProvider::credentials_of(const std::string& toolkit, const std::string& account) const {
  const Toolkit* found = impl_->catalog.find_toolkit(toolkit);
  if (!found) throw Error(ErrorCode::NotFound, "toolkit \"" + toolkit + "\" does not exist");
  return impl_->front.with_tenant([&](Tenant& tenant) {
    const Account* known = tenant.accounts.find(account);
    if (!known) throw Error(ErrorCode::NotFound, "account " + account + " does not exist");
    return tenant.keys.credentials_of(*found, known->email);
  });
}

std::string MockProvider::issuer(const std::string& provider_id) const {
  return impl_->front.with_tenant([&](const Tenant& tenant) {
    const auto profile = tenant.profiles.find(provider_id);
    if (profile == tenant.profiles.end())
      throw Error(ErrorCode::NotFound, "provider \"" + provider_id + "\" does not exist");
    return tenant.issuer_of(profile->second);
  });
}

MockAnswer MockProvider::ask(const std::string& method, const std::string& target, const Fields& headers,
                             const std::string& body) {
  ServerRequest request = make_request(method, target);
  for (const auto& [name, value] : headers) request.headers.push_back({name, value});
  request.body = body;
  ServerResponse response = impl_->front.handle(request);
  const bool is_reset = response.sabotage == Sabotage::ResetBeforeAnswer;
  return {is_reset ? 0 : response.status, is_reset ? std::string() : std::move(response.body)};
}

std::string MockProvider::approve(const std::string& authorize_url, const std::string& account) {
  return walk_pages(impl_->front, authorize_url, account, Decision::Allow);
}

std::string MockProvider::deny(const std::string& authorize_url) {
  return walk_pages(impl_->front, authorize_url, "alice@example.com", Decision::Deny);
}

int MockProvider::revoke_grants(const std::string& provider_id, const std::string& account, bool access_too) {
  const auto what = access_too ? Grants::What::All : Grants::What::Refresh;
  return impl_->front.with_tenant(
      [&](Tenant& tenant) { return tenant.grants.revoke_all(provider_id, account, what); });
}

bool MockProvider::revoke_grant_of(const Secret& refresh_token) {
  return impl_->front.with_tenant([&](Tenant& tenant) {
    const Token* token = tenant.grants.find(refresh_token.expose());
    if (token == nullptr || token->kind != TokenKind::Refresh) return false;
    return tenant.grants.revoke(refresh_token.expose(), tenant.grants.family_of(*token)->client_id);
  });
}

int MockProvider::refresh_count() const {
  return impl_->front.with_tenant([](Tenant& tenant) { return tenant.refreshes_granted; });
}

}  // namespace coffer::mock
