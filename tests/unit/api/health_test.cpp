#include "tests/support/file_size_limit.h"
#include "tests/unit/api/api_world.h"
#include "vault/api/admin/admin.h"
#include "vault/base/error.h"

using namespace coffer;
using namespace coffer::api;
using namespace coffer::api::testing;

namespace {

ServerResponse ask(Engine& engine, const std::string& path) {
  Router router;
  add_health_routes(router, engine);
  ServerRequest request;
  request.method = "GET";
  request.path = path;
  return router.handle(request);
}

}  // namespace

TEST_CASE("a daemon whose disk takes no writes is alive but not ready, until it takes them again") {
  ApiWorld world;
  CHECK(ask(world.engine(), "/readyz").status == 200);
  {
    const coffer::testing::NoMoreSpace full;
    CHECK_THROWS_AS(world.engine().managed_auth_config("gmail"), Error);
    const ServerResponse answer = ask(world.engine(), "/readyz");
    CHECK(answer.status == 503);
    const Json body = parse_json(answer.body);
    CHECK(body["ready"] == false);
    REQUIRE(body["reasons"].size() == 1);
    CHECK(ask(world.engine(), "/livez").status == 200);
  }
  CHECK(parse_json(ask(world.engine(), "/readyz").body) ==
        Json({{"ready", true}, {"reasons", Json::array()}}));
}
