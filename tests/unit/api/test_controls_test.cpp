#include <thread>

#include "tests/unit/api/api_world.h"
#include "vault/api/admin/admin.h"

using namespace coffer;
using namespace coffer::api;
using namespace coffer::api::testing;

namespace {

struct Controls : ApiWorld {
  Controls() { add_test_control_routes(router, engine(), guard, {outside().clock, nullptr}); }

  // Any thread.
  int move(const Json& order) {
    ServerRequest request;
    request.method = "POST";
    request.path = "/_coffer/clock";
    request.headers = {{"x-api-key", kApiKey}, {"content-type", "application/json"}};
    request.body = order.dump();
    try {
      return router.handle(request).status;
    } catch (const Error& error) {
      return error.code() == ErrorCode::InvalidArgument ? 400 : 500;
    }
  }
  Timestamp now() { return outside().clock.now(); }

  Guard guard{engine()};
  Router router;
};

}  // namespace

TEST_CASE("an order to the clock that is refused moves and changes nothing") {
  Controls world;
  const Timestamp before = world.now();
  const auto order = GENERATE(values<const char*>({
      R"({"rate": 60, "advance": "bogus"})",
      R"({"freeze": false, "set": "yesterday"})",
      R"({"rate": 60, "set": "2020-01-01T00:00:00Z"})",
      R"({"advance": "5h", "set": "2020-01-01T00:00:00Z"})",
      R"({"advance": "5h", "set": "2026-11-22T13:00:00Z"})",
      R"({"advance": "5h", "rate": "fast"})",
      R"({"advance": "5h", "rate": 5, "freeze": true})",
      R"({"advance": ""})",
      R"({"set": ""})",
      R"({"advance": "3651d"})",
      R"({"advance": "1h", "speed": 2})",
  }));
  CAPTURE(order);
  CHECK(world.move(parse_json(order)) == 400);
  CHECK(world.now() == before);
  CHECK(world.outside().clock.is_frozen());
}

TEST_CASE("an order to the clock may be of several verbs") {
  Controls world;
  CHECK(world.move({{"advance", "1h"}, {"set", "2026-11-22T14:00:00Z"}, {"freeze", true}}) == 200);
  CHECK(to_rfc3339(world.now()) == "2026-11-22T14:00:00.000Z");
}

TEST_CASE("a move of the clock that comes during another one adds to it") {
  Controls world;
  world.oauth_account("user_1");  // due before its hour is over
  const Timestamp before = world.now();
  std::thread second;
  world.outside().http.answer_with([&](const HttpRequest&) -> HttpResult {
    second = std::thread([&] { world.move({{"advance", "1h"}}); });
    HttpResponse response;
    response.status = 200;
    response.body = R"({"access_token":"at2","expires_in":36000,"token_type":"Bearer"})";
    return response;
  });
  CHECK(world.move({{"advance", "1h"}}) == 200);
  REQUIRE(second.joinable());
  second.join();
  CHECK(world.now() - before == std::chrono::hours(2));
}
