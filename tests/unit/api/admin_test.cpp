#include "vault/api/admin/admin.h"

#include "tests/unit/api/api_world.h"

using namespace coffer;
using namespace coffer::api;
using namespace coffer::api::testing;

namespace {

ServerResponse post(Engine& engine, const std::string& path, const std::string& body) {
  const Guard guard(engine);
  Router router;
  add_admin_routes(router, engine, guard);
  ServerRequest request;
  request.method = "POST";
  request.path = path;
  request.headers = {{"x-api-key", kApiKey}, {"content-type", "application/json"}};
  request.body = body;
  return router.handle(request);
}

}  // namespace

TEST_CASE("a member of the wrong type is told by its name, and is no fault of the daemon") {
  ApiWorld world;
  const auto [path, body, name] = GENERATE(table<std::string, std::string, std::string>({
      {"/_coffer/accounts/ca_AAAAAAAAAAAA/refresh", R"({"force": "yes"})", "force"},
      {"/_coffer/subscriptions", R"({"url": 5})", "url"},
      {"/_coffer/subscriptions", R"({"url": "http://127.0.0.1:1/", "events": 5})", "events"},
      {"/_coffer/subscriptions", R"({"url": "http://127.0.0.1:1/", "events": []})", "events"},
  }));
  CAPTURE(path, body);
  const ServerResponse response = post(world.engine(), path, body);
  CHECK(response.status == 400);
  CHECK(response.body.find(name) != std::string::npos);
}
