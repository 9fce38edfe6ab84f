#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "mockprovider/tenant.h"
#include "mockprovider/toolkit_server.h"

namespace coffer::mock {

// Everything that the mock answers, on plain requests: finds the endpoint, lets the fault plan
// have its say, serves, and keeps the journal. Any thread; one lock around the tenant.
class Front {
 public:
  // `pause` waits real time and may end early when the mock stops.
  Front(const TenantOptions& options, std::function<void(Duration)> pause);

  // Never throws.
  ServerResponse handle(const ServerRequest& request);

  // Runs `use` on the tenant under the lock.
  template <class Use>
  auto with_tenant(Use use) {
    const std::lock_guard lock(mutex_);
    return use(*tenant_);
  }

 private:
  struct Mount {
    std::vector<std::string> prefix;
    const Toolkit* toolkit = nullptr;  // one of the two
    const Provider* provider = nullptr;
  };
  // Where a path leads.
  struct Place {
    std::string endpoint = "unknown";
    const Toolkit* toolkit = nullptr;
    const Profile* profile = nullptr;
    std::vector<std::string> rest;  // of a toolkit's path
  };

  Place locate(const ServerRequest& request) const;
  Place locate_metadata(const std::vector<std::string>& segments) const;
  const Mount* find_mount(const std::vector<std::string>& segments) const;
  RequestFacets facets_of(const Place& place, const ServerRequest& request) const;
  ServerResponse control(const ServerRequest& request);
  ServerResponse serve(const Place& place, const ServerRequest& request, Exchange& exchange);
  ServerResponse serve_fault(const Place& place, const Fault& fault, Exchange& exchange);
  ServerResponse serve_with_faults(const Place& place, const ServerRequest& request, Exchange& exchange);
  ServerResponse guarded(const std::function<ServerResponse()>& handler) const;

  const TenantOptions options_;
  std::function<void(Duration)> pause_;
  ToolkitServer toolkits_;
  std::vector<Mount> mounts_;  // longest prefix first
  std::mutex mutex_;           // guards tenant_
  std::unique_ptr<Tenant> tenant_;
};

}  // namespace coffer::mock
