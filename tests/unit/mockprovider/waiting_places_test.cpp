#include "mockprovider/waiting_places.h"

#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;

namespace {

// A mock in which one request may wait; the other requests of a test are sent while it does.
struct CrowdedMock {
  MovableClock clock{from_ms(coffer::testing::kStartMs)};
  std::function<void()> meanwhile;
  Front front{
      {kUrl, clock, shipped_catalog(), shipped_profiles(), 1}, [this](Duration time) { pause(time); }, 1};

  void pause(Duration time) {
    if (time.count() == 0 || !meanwhile) return;
    std::exchange(meanwhile, nullptr)();
  }
  ServerResponse send(const std::string& method, const std::string& target, const std::string& json = {}) {
    ServerRequest request = make_request(method, target);
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = json;
    return front.handle(request);
  }
  void plan(const std::string& fault) { REQUIRE(send("POST", "/_mock/faults", fault).status == 200); }
};

constexpr const char* kHang = R"({"endpoint":"jwks","action":"hang","for":"1s","count":0})";

}  // namespace

TEST_CASE("a place is taken as long as it lives", "[waiting]") {
  WaitingPlaces places(1);
  {
    const WaitingPlaces::Place first(places);
    CHECK(first);
    CHECK_FALSE(WaitingPlaces::Place(places));
  }
  CHECK(WaitingPlaces::Place(places));
}

TEST_CASE("one more request than may wait is answered at once, and the limit is named", "[waiting]") {
  CrowdedMock mock;
  mock.plan(kHang);
  mock.meanwhile = [&] {
    const ServerResponse refused = mock.send("GET", "/mock/mockidp/jwks");
    CHECK(refused.status == 503);
    CHECK(refused.body.find("1 requests wait already") != std::string::npos);
  };
  CHECK(mock.send("GET", "/mock/mockidp/jwks").sabotage == Sabotage::ResetBeforeAnswer);
  CHECK_FALSE(mock.meanwhile);
}

TEST_CASE("where all places are taken, what needs none is served as ever", "[waiting]") {
  CrowdedMock mock;
  mock.plan(kHang);
  REQUIRE(mock.send("POST", "/_mock/tenants/a").status == 201);
  mock.meanwhile = [&] {
    CHECK(mock.send("GET", "/t/a/mock/mockidp/jwks").status == 200);
    CHECK(mock.send("GET", "/_mock/journal?wait=10s&after=99").status == 503);
    CHECK(mock.send("POST", "/_mock/expect", R"({"endpoint":"token","timeout":"10s"})").status == 503);
    CHECK(mock.send("DELETE", "/_mock/faults").status == 200);
    CHECK(mock.send("GET", "/mock/mockidp/jwks").status == 200);
  };
  mock.send("GET", "/mock/mockidp/jwks");
  CHECK_FALSE(mock.meanwhile);
}

TEST_CASE("a login that would wait where no place is left is refused, and stands in the journal",
          "[waiting]") {
  CrowdedMock mock;
  mock.plan(kHang);
  const std::string slow = MockWorld().authorize_target("mockidp", {{"mock_script", "slow"}});
  mock.meanwhile = [&] { CHECK(mock.send("GET", slow).status == 503); };
  mock.send("GET", "/mock/mockidp/jwks");
  const Json entries = parse_json(mock.send("GET", "/_mock/journal").body)["entries"];
  REQUIRE(entries.size() == 2);
  CHECK(entries[0]["endpoint"] == "authorize");
  CHECK(entries[0]["status"] == 503);
}
