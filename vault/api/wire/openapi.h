#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "vault/api/wire/route.h"
#include "vault/api/wire/schema_notation.h"
#include "vault/net/router.h"

namespace coffer::api {

// A route table and where it is served.
struct DescribedRoutes {
  std::string prefix;
  std::vector<RouteEntry> entries;
  AnswerTable answers = {};  // a route that is not in it answers any JSON
};

// The OpenAPI 3.1 document of these routes: all that the router has, with what the tables say
// about them.
nlohmann::json openapi_document(const std::vector<Router::Route>& routes,
                                const std::vector<DescribedRoutes>& described, const std::string& server_url);

// A dialect in docs/compatibility.md.
struct CompatibilitySection {
  std::string title;
  std::string about;
  std::vector<RouteEntry> entries;
};

// docs/compatibility.md: for each dialect a table of endpoint, support and the test that shows it.
std::string compatibility_page(const std::vector<CompatibilitySection>& sections);

}  // namespace coffer::api
