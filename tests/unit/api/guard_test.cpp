#include "tests/unit/api/api_world.h"
#include "vault/api/api.h"
#include "vault/base/error.h"

using namespace coffer;
using namespace coffer::api;
using namespace coffer::api::testing;

namespace {

ServerRequest request_with(HttpHeaders headers) {
  ServerRequest request;
  request.method = "GET";
  request.headers = std::move(headers);
  return request;
}

bool is_let_in(Engine& engine, HttpHeaders headers) {
  try {
    const ServerRequest request = request_with(std::move(headers));
    Guard(engine).check_host(request);
    Guard(engine).check_origin(request);
    return true;
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::Forbidden);
    return false;
  }
}

}  // namespace

TEST_CASE("only names of this daemon are taken as Host") {
  ApiWorld world;
  world.engine().set_public_url("https://vault.example.com");
  const auto [host, expected] = GENERATE(table<std::string, bool>({
      {"127.0.0.1:9900", true},
      {"localhost:9900", true},
      {"LOCALHOST", true},
      {"[::1]:9900", true},
      {"vault.example.com", true},
      {"evil.example.com", false},
      {"127.0.0.1.evil.example.com:9900", false},
      {"localhost.evil.example.com", false},
      {"127.0.0.1:9900@evil.example.com", false},
      {"", false},
  }));
  CAPTURE(host);
  CHECK(is_let_in(world.engine(), {{"Host", host}}) == expected);
}

TEST_CASE("a request from another site's page is refused") {
  ApiWorld world;
  world.engine().set_public_url("https://vault.example.com");
  const auto [origin, expected] = GENERATE(table<std::string, bool>({
      {"http://127.0.0.1:9900", true},
      {"https://vault.example.com", true},
      {"http://127.0.0.1:3000", false},
      {"http://localhost:9900", false},
      {"https://evil.example.com", false},
      {"null", false},
      {"not an origin", false},
  }));
  CAPTURE(origin);
  CHECK(is_let_in(world.engine(), {{"Host", "127.0.0.1:9900"}, {"Origin", origin}}) == expected);
}

TEST_CASE("a request that names two origins is refused, whichever comes first") {
  ApiWorld world;
  const HttpHeader ours = {"Origin", "http://127.0.0.1:9900"}, other = {"origin", "http://evil.example"};
  CHECK_FALSE(is_let_in(world.engine(), {{"Host", "127.0.0.1:9900"}, ours, other}));
  CHECK_FALSE(is_let_in(world.engine(), {{"Host", "127.0.0.1:9900"}, other, ours}));
}

TEST_CASE("a form of our own page that hides its origin is let in") {
  ApiWorld world;
  const HttpHeader host{"Host", "127.0.0.1:9900"};
  CHECK(is_let_in(world.engine(), {host, {"Origin", "null"}, {"Sec-Fetch-Site", "same-origin"}}));
  CHECK_FALSE(is_let_in(world.engine(), {host, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}}));
}

TEST_CASE("a link's form from another site is refused with a page, whatever the browser told it by") {
  ApiWorld world;
  const ServerHandler api = make_api(world.engine(), {});
  const HttpHeader sender =
      GENERATE(HttpHeader{"Origin", "http://evil.example"}, HttpHeader{"Origin", "null"},
               HttpHeader{"Sec-Fetch-Site", "cross-site"});
  ServerRequest request = request_with({{"Host", "127.0.0.1:9900"}, sender});
  request.method = "POST";
  request.path = "/link/lk_x";
  const ServerResponse refused = api(request);
  CHECK(refused.status == 403);
  CHECK(header_value(refused.headers, "content-type") == "text/html; charset=utf-8");
  CHECK(refused.body.find("This request came from another site.") != std::string::npos);
}

TEST_CASE("other requests from another site, and those to another host, are refused with JSON") {
  ApiWorld world;
  const ServerHandler api = make_api(world.engine(), {});
  const auto [method, path, host, origin] =
      GENERATE(table<std::string, std::string, std::string, std::string>({
          {"POST", "/api/v3/connected_accounts", "127.0.0.1:9900", "http://evil.example"},
          {"GET", "/link/lk_x", "127.0.0.1:9900", "http://evil.example"},
          {"POST", "/link/lk_x", "evil.example", "http://evil.example"},
      }));
  CAPTURE(method, path, host);
  ServerRequest request = request_with({{"Host", host}, {"Origin", origin}});
  request.method = method;
  request.path = path;
  const ServerResponse refused = api(request);
  CHECK(refused.status == 403);
  CHECK(header_value(refused.headers, "content-type") == "application/json");
}

TEST_CASE("every route asks for the API key") {
  ApiWorld world;
  struct Case {
    HttpHeader header;
    int status;
  };
  const std::string key = kApiKey;
  for (const Case& c :
       {Case{{"x-unrelated", key}, 401}, Case{{"x-api-key", ""}, 401}, Case{{"x-api-key", "wrong"}, 401},
        Case{{"x-api-key", key + "x"}, 401}, Case{{"authorization", "Basic " + key}, 401},
        Case{{"x-api-key", key}, 200}, Case{{"authorization", "Bearer " + key}, 200},
        Case{{"Authorization", "bearer " + key}, 200}}) {
    CAPTURE(c.header.name, c.header.value);
    const Answer answer = world.send_raw("GET", "/api/v3/toolkits", {c.header}, "");
    CHECK(answer.status == c.status);
    if (c.status == 401) require_error(answer, 401, "API key");
  }
}

TEST_CASE("a key without the scope of a route is refused there") {
  ApiWorld world;
  const Guard guard(world.engine());
  const Handler handler =
      with_api_key(guard, "tokens", [](const ServerRequest&) { return ServerResponse::json(200, "{}"); });
  const ServerResponse response = handler(request_with({{"x-api-key", kApiKey}}));
  CHECK(response.status == 403);
  CHECK(response.body.find("tokens") != std::string::npos);
}

TEST_CASE("a body that is not declared as JSON is refused, so that no foreign form can send one") {
  ApiWorld world;
  const auto [type, status] = GENERATE(table<std::string, int>({
      {"application/json", 201},
      {"Application/JSON; charset=utf-8", 201},
      {"text/plain", 400},
      {"application/x-www-form-urlencoded", 400},
      {"", 400},
  }));
  CAPTURE(type);
  const HttpHeaders headers = {{"x-api-key", kApiKey}, {"content-type", type}};
  const Answer answer = world.send_raw("POST", "/api/v3/tool_router/session", headers, R"({"user_id":"u"})");
  CHECK(answer.status == status);
}

TEST_CASE("a failure that no Error describes is told as 500 and logged without its text") {
  ApiWorld world;
  const Guard guard(world.engine());
  const Handler handler = with_api_key(
      guard, "api", [](const ServerRequest&) -> ServerResponse { throw std::runtime_error("token abc123"); });
  const ServerResponse response = handler(request_with({{"x-api-key", kApiKey}}));
  CHECK(response.status == 500);
  CHECK(response.body.find("abc123") == std::string::npos);
  CHECK(world.outside().log_text.find("http.unexpected") != std::string::npos);
  CHECK(world.outside().log_text.find("abc123") == std::string::npos);
}
