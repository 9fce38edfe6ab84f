#pragma once

#include <map>
#include <string>
#include <vector>

#include "mockprovider/tenant.h"
#include "mockprovider/toolkit_routes.h"

namespace coffer::mock {

// The toolkits' APIs: find the operation, believe only the live credential and its scopes, run it
// on the account's own data. Answers in the toolkit's own shapes. The catalog has to outlive this.
class ToolkitServer {
 public:
  explicit ToolkitServer(const Catalog& catalog);

  // `segments`: of the path below the toolkit's mock_path, decoded.
  ServerResponse serve(Tenant& tenant, const Toolkit& toolkit, const ServerRequest& request,
                       const std::vector<std::string>& segments, Exchange& exchange) const;

  // How the toolkit says that it was asked too often.
  static ServerResponse throttled(const Tenant& tenant, const Toolkit& toolkit, Duration retry_after,
                                  Exchange& exchange);

 private:
  std::map<std::string, ToolkitRoutes, std::less<>> routes_;  // by slug
};

}  // namespace coffer::mock
