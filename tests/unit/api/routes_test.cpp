#include <set>

#include "tests/unit/api/api_world.h"
#include "vault/api/v3/v3.h"

using namespace coffer;
using namespace coffer::api;
using namespace coffer::api::testing;

namespace {

// A target that fits the pattern.
std::string target_of(const RouteEntry& route) {
  std::string target = "/api/v3";
  for (const std::string& part : split(route.pattern, '/'))
    target += "/" + (part.front() == ':' ? "x" : part);
  return target;
}

}  // namespace

TEST_CASE("every route is listed once, with a summary") {
  std::set<std::string> seen;
  for (const RouteEntry& route : v3_routes()) {
    const std::string name = std::string(route.method) + " " + std::string(route.pattern);
    CAPTURE(name);
    CHECK(seen.insert(name).second);
    CHECK_FALSE(route.summary.empty());
  }
}

TEST_CASE("no route answers without the API key") {
  ApiWorld world;
  for (const RouteEntry& route : v3_routes()) {
    CAPTURE(route.method, route.pattern);
    require_error(world.send_raw(std::string(route.method), target_of(route), {}, ""), 401, "API key");
  }
}

TEST_CASE("no route fails inside on an empty or foreign body") {
  ApiWorld world;
  const HttpHeaders headers = {{"x-api-key", kApiKey}, {"content-type", "application/json"}};
  for (const RouteEntry& route : v3_routes()) {
    for (const char* body :
         {"", "{}", "[]", "null", "\"x\"", R"({"auth_config":[],"connection":5,"user_id":{}})"}) {
      CAPTURE(route.method, route.pattern, body);
      const Answer answer = world.send_raw(std::string(route.method), target_of(route), headers, body);
      CHECK((answer.status < 500 || answer.status == 501));
    }
  }
}
