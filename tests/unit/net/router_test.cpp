#include "vault/net/router.h"

#include <catch2/catch.hpp>

using namespace coffer;

namespace {

ServerRequest request_for(std::string method, std::string target) {
  ServerRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  return request;
}

Handler named(std::string name) {
  return [name](const ServerRequest& request) {
    std::string text = name;
    for (const auto& [key, value] : request.params) text += " " + key + "=" + value;
    return ServerResponse::text(200, text);
  };
}

Router sample() {
  Router router;
  router.add("GET", "/", named("root"));
  router.add("GET", "/tools", named("list"));
  router.add("GET", "/tools/:slug", named("get"));
  router.add("POST", "/tools/execute", named("execute-all"));
  router.add("POST", "/tools/execute/:slug", named("execute"));
  router.add("DELETE", "/tools/:slug", named("delete"));
  router.add("GET", "/users/:user/accounts/:id", named("account"));
  router.add("GET", "/users/me/keys", named("keys"));
  router.add("GET", "/static/*rest", named("static"));
  router.add("GET", "/static/app.css", named("css"));
  return router;
}

std::string answer(std::string method, std::string target) {
  static const Router router = sample();
  ServerRequest request = request_for(std::move(method), std::move(target));
  const ServerResponse response = router.handle(request);
  return response.status == 200 ? response.body : std::to_string(response.status);
}

}  // namespace

TEST_CASE("a request finds its route and its parameters", "[net]") {
  const auto [method, target, expected] = GENERATE(table<std::string, std::string, std::string>({
      {"GET", "/", "root"},
      {"GET", "/tools", "list"},
      {"GET", "/tools/", "list"},
      {"GET", "//tools", "list"},
      {"GET", "/tools?a=b", "list"},
      {"GET", "/tools/GMAIL_SEND", "get slug=GMAIL_SEND"},
      {"GET", "/tools/a%2Fb%20c", "get slug=a/b c"},
      {"POST", "/tools/execute/X", "execute slug=X"},
      {"POST", "/tools/execute", "execute-all"},
      {"DELETE", "/tools/X", "delete slug=X"},
      {"GET", "/users/u1/accounts/ca_1", "account id=ca_1 user=u1"},
      {"GET", "/static/app.css", "css"},
      {"GET", "/static/a/b%2Fc.js", "static rest=a/b/c.js"},
      {"GET", "/static", "static rest="},
      {"HEAD", "/tools/X", "get slug=X"},
      {"GET", "/nowhere", "404"},
      {"GET", "/tools/X/more", "404"},
      {"GET", "/users/u1", "404"},
      {"GET", "/Tools", "404"},
      {"GET", "/%74ools", "list"},
  }));
  CAPTURE(method, target);
  CHECK(answer(method, target) == expected);
}

TEST_CASE("a literal wins over a parameter, but not where it leads nowhere", "[net]") {
  CHECK(answer("GET", "/tools/execute") == "get slug=execute");
  CHECK(answer("GET", "/users/me/keys") == "keys");
  CHECK(answer("GET", "/users/me/accounts/ca_1") == "account id=ca_1 user=me");
}

TEST_CASE("another method on a known path is answered 405 with all that are allowed", "[net]") {
  const Router router = sample();
  ServerRequest request = request_for("PUT", "/tools/execute");
  const ServerResponse response = router.handle(request);
  CHECK(response.status == 405);
  CHECK(header_value(response.headers, "Allow") == "DELETE, GET, HEAD, POST");
}

TEST_CASE("the fallback answers what has no route, and is told which methods the path has", "[net]") {
  Router router;
  router.add("POST", "/a", named("a"));
  router.set_fallback([](const ServerRequest& request, const std::string& allowed) {
    if (request.method == "OPTIONS") return ServerResponse::text(204, "");
    return ServerResponse::json(allowed.empty() ? 404 : 405, "[" + allowed + "]");
  });
  ServerRequest unknown = request_for("GET", "/b");
  const ServerResponse absent = router.handle(unknown);
  CHECK(absent.status == 404);
  CHECK(absent.body == "[]");
  CHECK(header_value(absent.headers, "Allow").empty());
  ServerRequest preflight = request_for("OPTIONS", "/a");
  CHECK(router.handle(preflight).status == 204);
  ServerRequest wrong_method = request_for("GET", "/a");
  const ServerResponse refused = router.handle(wrong_method);
  CHECK(refused.status == 405);
  CHECK(refused.body == "[POST]");
  CHECK(header_value(refused.headers, "Allow") == "POST");
}

TEST_CASE("a request without a target is routed by its path", "[net]") {
  const Router router = sample();
  ServerRequest request;
  request.method = "GET";
  request.path = "/tools/X";
  CHECK(router.handle(request).body == "get slug=X");
}

TEST_CASE("parameters of an earlier match do not stay", "[net]") {
  const Router router = sample();
  ServerRequest request = request_for("GET", "/tools");
  request.params["slug"] = "forged";
  CHECK(router.handle(request).body == "list");
}

TEST_CASE("routes are listed as they were added", "[net]") {
  const Router router = sample();
  REQUIRE(router.routes().size() == 10);
  CHECK(router.routes()[4].method == "POST");
  CHECK(router.routes()[4].pattern == "/tools/execute/:slug");
}

TEST_CASE("a very deep path ends in 404", "[net]") {
  std::string target;
  for (int i = 0; i < 4000; ++i) target += "/a";
  CHECK(answer("GET", target) == "404");
}
