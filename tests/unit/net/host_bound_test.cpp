#include "vault/net/host_bound.h"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/support/scripted_http.h"

using namespace coffer;
using coffer::testing::ScriptedHttp;

namespace {

HttpRequest get_of(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return request;
}

}  // namespace

TEST_CASE("one origin takes as many as it may, and the others still have room") {
  HostBound bound({.per_origin = 2, .in_all = 5});
  const auto first = bound.try_enter("https://slow.example/a?b=1");
  const auto second = bound.try_enter("https://slow.example/c");
  REQUIRE(first);
  REQUIRE(second);
  CHECK_FALSE(bound.try_enter("https://slow.example/d"));
  CHECK(bound.try_enter("https://slow.example:8443/d"));
  CHECK(bound.try_enter("https://quick.example/"));
}

TEST_CASE("all origins together take no more than their bound") {
  HostBound bound({.per_origin = 2, .in_all = 3});
  std::vector<HostBound::Place> places;
  for (const char* url : {"https://a.example", "https://b.example", "https://c.example"}) {
    places.push_back(bound.enter(url));
  }
  CHECK_FALSE(bound.try_enter("https://d.example"));
  places.pop_back();
  CHECK(bound.try_enter("https://d.example"));
}

TEST_CASE("a place is free again when its holder is gone, and once only") {
  HostBound bound({.per_origin = 1, .in_all = 1});
  {
    HostBound::Place place = bound.enter("https://one.example");
    const HostBound::Place moved = std::move(place);
    CHECK_FALSE(bound.try_enter("https://one.example"));
  }
  const auto again = bound.try_enter("https://one.example");
  CHECK(again);
  CHECK_FALSE(bound.try_enter("https://one.example"));
}

TEST_CASE("a request without room is not sent, and the refusal names where it was going") {
  ScriptedHttp network;
  HostBound bound({.per_origin = 1, .in_all = 4});
  BoundedHttp http(network, bound);
  const HostBound::Place place = bound.enter("https://slow.example");
  try {
    http.send(get_of("https://slow.example/x?key=hidden"));
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::Unavailable);
    CHECK(error.what() == std::string("too many requests wait for https://slow.example already"));
  }
  CHECK(network.seen().empty());
}

TEST_CASE("a place is held while the request is under way and no longer") {
  ScriptedHttp network;
  HostBound bound({.per_origin = 1, .in_all = 4});
  BoundedHttp http(network, bound);
  bool had_room = true;
  network.answer_with([&](const HttpRequest& request) -> HttpResult {
    had_room = bound.try_enter(request.url).has_value();
    return HttpFailure{};
  });
  http.send(get_of("https://slow.example"));
  CHECK_FALSE(had_room);
  CHECK(bound.try_enter("https://slow.example"));
}

TEST_CASE("what has reserved its place sends whatever else waits") {
  ScriptedHttp network;
  HostBound bound({.per_origin = 2, .in_all = 2});
  ReservedHttp reserved(network, bound, "https://token.example");
  const HostBound::Place other = bound.enter("https://token.example");
  network.answer(200, "ok");
  CHECK(std::holds_alternative<HttpResponse>(reserved.send(get_of("https://service.example"))));
  CHECK_THROWS_AS(ReservedHttp(network, bound, "https://token.example"), Error);
}
