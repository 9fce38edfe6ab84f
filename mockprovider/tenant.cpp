#include "mockprovider/tenant.h"

namespace coffer::mock {

Tenant::Tenant(const TenantOptions& options)
    : url(options.url),
      clock(options.clock),
      catalog(options.catalog),
      profiles(options.profiles),
      seed(options.seed),
      random(options.seed),
      keys(options.seed),
      signing_keys(options.seed),
      grants(options.clock, random),
      pending(options.clock, random),
      pushed(options.clock, random),
      devices(options.clock, random) {
  for (const auto& [id, profile] : profiles) clients.add(managed_client(id, seed));
}

}  // namespace coffer::mock
