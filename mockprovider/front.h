#pragma once

#include <functional>
#include <utility>

#include "mockprovider/tenants.h"

namespace coffer::mock {

// Everything that the mock answers, on plain requests: finds the tenant that a path is of and
// hands the request to it. Any thread.
class Front {
 public:
  static constexpr int kMostWaiting = 240;

  // `options`: of the default tenant, at the root. `pause` waits real time and may end early when
  // the mock stops. `most_waiting`: how many requests may wait at once, whatever for; one more is
  // answered 503.
  Front(const TenantOptions& options, std::function<void(Duration)> pause, int most_waiting = kMostWaiting);

  // Never throws.
  ServerResponse handle(const ServerRequest& request);

  // Ends all waiting, so that requests under way come to their end.
  void close();

  // Runs `use` on the default tenant under its lock.
  template <class Use>
  auto with_tenant(Use use) {
    return root_.with_tenant(std::move(use));
  }

 private:
  ServerResponse dispatch(const ServerRequest& request);
  ServerResponse control_tenants(const ServerRequest& request, const std::vector<std::string>& segments);

  const Services services_;
  TenantServer root_;
  Tenants tenants_;
};

}  // namespace coffer::mock
