#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "mockprovider/tenant_server.h"

namespace coffer::mock {

// The tenants that have a name, below /t/<name>: made and ended by tests, each a world of its own
// with its own clock. At most 1000. Any thread.
class Tenants {
 public:
  // `options`: of the default tenant, whose URL, catalog and present time new ones start from.
  Tenants(const TenantOptions& options, const Services& services) : options_(options), services_(services) {}

  // POST, GET and DELETE /_mock/tenants, with a name in `name` if the path has one. Throws
  // NotFound, Conflict, TooLarge and InvalidArgument.
  nlohmann::json serve(const ServerRequest& request, const std::string& name);

  // A server lives until its last request is answered. Throws NotFound.
  std::shared_ptr<TenantServer> at(std::string_view name) const;

  // Whoever waits in any of them is answered now.
  void close();

 private:
  nlohmann::json list() const;
  nlohmann::json create(const nlohmann::json& body, std::string name);
  nlohmann::json remove(const std::string& name);
  std::string unused_name() const;
  std::string url_of(const std::string& name) const { return options_.url + "/t/" + name; }

  const TenantOptions options_;
  const Services& services_;
  mutable std::shared_mutex mutex_;  // guards all below
  std::map<std::string, std::shared_ptr<TenantServer>, std::less<>> servers_;
  std::uint64_t counter_ = 0;
};

}  // namespace coffer::mock
