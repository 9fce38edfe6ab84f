#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "mockprovider/mounts.h"
#include "mockprovider/redaction.h"
#include "mockprovider/tenant.h"
#include "mockprovider/toolkit_server.h"
#include "mockprovider/waiting_places.h"
#include "mockprovider/waiting_room.h"
#include "mockprovider/yielding_mutex.h"

namespace coffer::mock {

// What all tenants share. Any thread.
struct Services {
  const Mounts mounts;
  const ToolkitServer toolkits;
  const CredentialMarks marks;
  const std::function<void(Duration)> pause;  // real time; may end early when the mock stops
  mutable WaitingPlaces waiting;
};

// Serves one tenant: finds the endpoint, lets the fault plan have its say, serves, and keeps the
// journal. Any thread; its lock is its own, and is never held while it waits.
class TenantServer {
 public:
  // `clock`: what options.clock refers to, unless somebody else owns that. `rate`: how fast it runs.
  TenantServer(const TenantOptions& options, const Services& services,
               std::unique_ptr<MovableClock> clock = nullptr, double rate = 1);

  // `segments`: of the path below the tenant's own. May throw Error.
  ServerResponse handle(const ServerRequest& request, const std::vector<std::string>& segments);

  // Whoever waits is answered now.
  void close() { room_.close(); }

  // Runs `use` on the tenant under the lock.
  template <class Use>
  auto with_tenant(Use use) {
    const std::lock_guard lock(mutex_);
    return use(*tenant_);
  }

 private:
  ServerResponse control(const ServerRequest& request, const std::vector<std::string>& segments);
  ServerResponse move_clock(const ServerRequest& request);
  ServerResponse restore(const ServerRequest& request);
  void run_clock(double rate);
  double clock_rate() const;
  ServerResponse reseed(const ServerRequest& request);
  void begin_again(std::uint64_t seed);
  ServerResponse expect(const ServerRequest& request);
  void wait_for_entries(const ServerRequest& request);
  std::optional<Fault> meet_fault(const Place& place, const ServerRequest& request,
                                  std::optional<VirtualDelay>& delay);
  void wait_out(const Fault& fault, std::optional<VirtualDelay>& delay);
  void require(const WaitingPlaces::Place& place) const;
  RequestFacets facets_of(const Place& place, const ServerRequest& request) const;
  ServerResponse serve(const Place& place, const ServerRequest& request, Exchange& exchange);
  ServerResponse serve_fault(const Place& place, const Fault& fault, Exchange& exchange);
  void wait_until_later(const Exchange& exchange, std::unique_lock<YieldingMutex>& lock,
                        std::optional<VirtualDelay>& delay);
  ServerResponse serve_later(Exchange& exchange, std::unique_lock<YieldingMutex>& lock,
                             std::optional<VirtualDelay>& delay);
  ServerResponse serve_with_faults(const Place& place, const ServerRequest& request, Exchange& exchange);

  const std::unique_ptr<MovableClock> own_clock_;
  const TenantOptions options_;
  const Services& services_;
  std::mutex moving_;  // guards nothing: the clock is moved by one request at a time
  WaitingRoom room_;
  YieldingMutex mutex_;  // guards all below
  std::unique_ptr<Tenant> tenant_;
  double rate_;  // as the controls set it last
};

}  // namespace coffer::mock
