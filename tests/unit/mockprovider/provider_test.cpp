#include "mockprovider/provider.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <regex>
#include <thread>
#include <vector>

#include "tests/support/test_env.h"
#include "tests/unit/net/raw_client.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/net/http_client.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::testing;

namespace {

constexpr const char* kOwnCallback = "http://127.0.0.1:1/cb";

struct Running {
  MovableClock clock{from_ms(kStartMs)};
  MockProvider mock;
  std::unique_ptr<HttpClient> http = make_http_client();

  Running() : mock(options()) { mock.start(); }

  MockOptions options() {
    MockOptions options;
    options.clock = &clock;
    return options;
  }
  std::string authorize_url() const {
    return with_query(mock.url() + "/mock/google/authorize",
                      {{"response_type", "code"},
                       {"client_id", mock.managed_client("google").client_id},
                       {"redirect_uri", kOwnCallback},
                       {"state", "s1"},
                       {"access_type", "offline"},
                       {"scope", "https://www.googleapis.com/auth/gmail.modify"}});
  }
  HttpResult post(const std::string& url, const Fields& form) {
    HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = build_form(form);
    request.once = true;
    return http->send(request);
  }
  HttpResult token(Fields form) {
    const MockClient client = mock.managed_client("google");
    form.emplace_back("client_id", client.client_id);
    form.emplace_back("client_secret", client.client_secret);
    return post(mock.url() + "/mock/google/token", form);
  }
  Json redeem(const std::string& location) {
    const Fields answer = parse_form(location.substr(location.find('?') + 1)).value();
    const auto code = find_field(answer, "code");
    REQUIRE(code);
    const HttpResult result = token(
        {{"grant_type", "authorization_code"}, {"code", std::string(*code)}, {"redirect_uri", kOwnCallback}});
    REQUIRE(std::holds_alternative<HttpResponse>(result));
    return parse_json(std::get<HttpResponse>(result).body);
  }
  HttpResult get(const std::string& path, const std::string& bearer) {
    HttpRequest request;
    request.url = mock.url() + path;
    request.headers = {{"Authorization", "Bearer " + bearer}};
    return http->send(request);
  }
  // What a plain form filler does: the first form's address and hidden fields, the values, and
  // the button of that text.
  HttpResponse submit(const std::string& html, const std::string& button, Fields values) {
    std::smatch match;
    REQUIRE(std::regex_search(html, match, std::regex("<form[^>]*action=\"([^\"]*)\"")));
    const std::string action = match[1];
    const std::regex hidden("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"");
    for (std::sregex_iterator input(html.begin(), html.end(), hidden), end; input != end; ++input) {
      values.emplace_back((*input)[1], (*input)[2]);
    }
    REQUIRE(
        std::regex_search(html, match, std::regex("<button type=\"submit\"([^>]*)>" + button + "</button>")));
    const std::string attributes = match[1];
    if (std::regex_search(attributes, match, std::regex("name=\"([^\"]*)\" value=\"([^\"]*)\""))) {
      values.emplace_back(match[1], match[2]);
    }
    HttpResult result = post(action, values);
    REQUIRE(std::holds_alternative<HttpResponse>(result));
    return std::move(std::get<HttpResponse>(result));
  }
  // Signs in as bob and presses this button: where the browser is sent.
  std::string walk(const std::string& button) {
    const HttpResult login = get(authorize_url().substr(mock.url().size()), "");
    REQUIRE(std::holds_alternative<HttpResponse>(login));
    const HttpResponse consent = submit(std::get<HttpResponse>(login).body, "Sign in",
                                        {{"email", "bob@example.com"}, {"password", "password"}});
    REQUIRE(consent.status == 200);
    const HttpResponse answer = submit(consent.body, button, {});
    CHECK(answer.status == 303);
    return std::string(header_value(answer.headers, "location"));
  }
  HttpResult control(const std::string& path, const std::string& body) {
    HttpRequest request;
    request.method = "POST";
    request.url = mock.url() + path;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = body;
    return http->send(request);
  }
};

int status_of(const HttpResult& result) {
  const auto* response = std::get_if<HttpResponse>(&result);
  return response ? response->status : 0;
}

constexpr const char* kProfile = "/mock/google/gmail/gmail/v1/users/me/profile";

}  // namespace

TEST_CASE("a form filler signs in, allows and is sent back", "[provider]") {
  Running running;
  const std::string back = running.walk("Allow");
  CHECK(back.starts_with(std::string(kOwnCallback) + "?"));
  const Json tokens = running.redeem(back);
  const HttpResult profile = running.get(kProfile, tokens["access_token"]);
  REQUIRE(status_of(profile) == 200);
  CHECK(parse_json(std::get<HttpResponse>(profile).body)["emailAddress"] == "bob@example.com");
}

TEST_CASE("a form filler that denies is sent back with the error", "[provider]") {
  Running running;
  CHECK(running.walk("Deny").find("error=access_denied") != std::string::npos);
}

TEST_CASE("an embedding program approves and denies without a browser", "[provider]") {
  Running running;
  CHECK(running.redeem(running.mock.approve(running.authorize_url(), "alice@example.com"))
            .contains("access_token"));
  CHECK(running.mock.deny(running.authorize_url()).find("error=access_denied") != std::string::npos);
  CHECK_THROWS_AS(running.mock.approve(running.authorize_url(), "nobody@example.com"), Error);
  CHECK_THROWS_AS(running.mock.approve(running.mock.url() + "/mock/google/authorize", "alice@example.com"),
                  Error);
}

TEST_CASE("approving works before and without any socket being served", "[provider]") {
  MockProvider mock;
  const std::string url = with_query(mock.url() + "/mock/google/authorize",
                                     {{"response_type", "code"},
                                      {"client_id", mock.managed_client("google").client_id},
                                      {"redirect_uri", kOwnCallback}});
  CHECK(mock.approve(url, "alice@example.com").find("code=") != std::string::npos);
}

TEST_CASE("revoked grants refuse the refresh, and the access token lives until its end", "[provider]") {
  Running running;
  const Json tokens = running.redeem(running.mock.approve(running.authorize_url(), "alice@example.com"));
  const Fields refresh = {{"grant_type", "refresh_token"}, {"refresh_token", tokens["refresh_token"]}};
  CHECK(status_of(running.token(refresh)) == 200);
  CHECK(running.mock.refresh_count() == 1);
  CHECK(running.mock.revoke_grants("google", "alice@example.com", false) == 1);
  CHECK(status_of(running.token(refresh)) == 400);
  CHECK(running.mock.refresh_count() == 1);
  CHECK(status_of(running.get(kProfile, tokens["access_token"])) == 200);
  CHECK(running.mock.revoke_grants("google", "alice@example.com", true) == 1);
  CHECK(status_of(running.get(kProfile, tokens["access_token"])) == 401);
}

TEST_CASE("the clock is the one that was handed in", "[provider]") {
  Running running;
  const Json tokens = running.redeem(running.mock.approve(running.authorize_url(), "alice@example.com"));
  CHECK(status_of(running.get(kProfile, tokens["access_token"])) == 200);
  running.clock.advance(std::chrono::hours(1));
  CHECK(status_of(running.get(kProfile, tokens["access_token"])) == 401);
  CHECK(status_of(running.control("/_mock/clock", R"({"advance":"2h"})")) == 200);
  CHECK(running.clock.now() == from_ms(kStartMs) + std::chrono::hours(3));
  CHECK(&running.mock.clock() == &running.clock);
}

TEST_CASE("a lost answer is lost on the wire while the tokens are given", "[provider]") {
  Running running;
  const Json tokens = running.redeem(running.mock.approve(running.authorize_url(), "alice@example.com"));
  running.control("/_mock/faults", R"({"endpoint":"refresh","action":"commit_then_reset"})");
  const HttpResult lost =
      running.token({{"grant_type", "refresh_token"}, {"refresh_token", tokens["refresh_token"]}});
  REQUIRE(std::holds_alternative<HttpFailure>(lost));
  CHECK(std::get<HttpFailure>(lost).sent == HttpFailure::Sent::Maybe);
  CHECK(running.mock.refresh_count() == 1);
}

TEST_CASE("stopping does not wait for a request that hangs", "[provider]") {
  Running running;
  running.control("/_mock/faults", R"({"endpoint":"api","action":"hang","for":"60s"})");
  std::thread caller([&] { running.get(kProfile, "x"); });
  // The fault is taken when the request has arrived.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  std::string faults;
  while (faults.find("\"hits\":1") == std::string::npos && std::chrono::steady_clock::now() < deadline) {
    HttpRequest request;
    request.url = running.mock.url() + "/_mock/faults";
    const HttpResult result = running.http->send(request);
    if (const auto* response = std::get_if<HttpResponse>(&result)) faults = response->body;
  }
  const auto begin = std::chrono::steady_clock::now();
  running.mock.stop();
  caller.join();
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
}

TEST_CASE("one request more than may wait is refused over its socket, and the controls answer beside them",
          "[provider]") {
  constexpr int kMost = 240;
  Running running;
  running.control("/_mock/faults", R"({"endpoint":"jwks","action":"hang","for":"60s","count":0})");
  const int port = parse_json(R"([)" + running.mock.url().substr(running.mock.url().rfind(':') + 1) + "]")[0];
  const std::string request = "GET /mock/mockidp/jwks HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  std::vector<std::unique_ptr<RawClient>> waiting;
  for (int i = 0; i < kMost + 1; ++i) {
    waiting.push_back(std::make_unique<RawClient>(port));
    waiting.back()->send(request);
  }
  const auto refused = [&] {
    HttpRequest ask;
    ask.url = running.mock.url() + "/_mock/journal?endpoint=jwks";
    const HttpResult result = running.http->send(ask);
    const auto* response = std::get_if<HttpResponse>(&result);
    return response ? parse_json(response->body)["entries"] : Json::array();
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  Json entries = refused();
  while (entries.empty() && std::chrono::steady_clock::now() < deadline) entries = refused();
  REQUIRE(entries.size() == 1);
  CHECK(entries[0]["status"] == 503);
  running.mock.stop();
  const auto is_closed = [](const auto& client) { return client->is_closed(); };
  CHECK(std::count_if(waiting.begin(), waiting.end(), is_closed) == kMost);
}

TEST_CASE("the mock never listens beyond loopback", "[provider]") {
  const char* host = GENERATE("0.0.0.0", "::", "192.168.1.10", "localhost.example.com", "");
  MockOptions options;
  options.host = host;
  CHECK_THROWS_AS(MockProvider(options), Error);
}

TEST_CASE("the same seed gives the same client secrets, keys and codes", "[provider]") {
  MockProvider a;
  MockProvider b;
  MockOptions options;
  options.seed = 2;
  MockProvider c(options);
  CHECK(a.managed_client("google").client_secret == b.managed_client("google").client_secret);
  CHECK(a.managed_client("google").client_secret != c.managed_client("google").client_secret);
  CHECK(a.credentials_of("tavily", "alice@example.com") == b.credentials_of("tavily", "alice@example.com"));
  CHECK(a.credentials_of("tavily", "alice@example.com") != a.credentials_of("tavily", "bob@example.com"));
  CHECK_THROWS_AS(a.credentials_of("nothing", "alice@example.com"), Error);
  CHECK_THROWS_AS(a.credentials_of("tavily", "nobody@example.com"), Error);
  CHECK_THROWS_AS(a.managed_client("nobody"), Error);
}

TEST_CASE("the mock is ready at once", "[provider]") {
  const auto begin = std::chrono::steady_clock::now();
  Running running;
  CHECK(status_of(running.get("/_mock/clock", "")) == 200);
  const auto took = std::chrono::steady_clock::now() - begin;
  // 20 ms is the aim of an optimised build; this bound only catches key generation and the like.
  CHECK(took < std::chrono::seconds(2));
}
