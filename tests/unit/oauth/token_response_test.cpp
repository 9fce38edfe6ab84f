#include "vault/oauth/token_response.h"

#include <catch2/catch.hpp>

#include "tests/unit/oauth/outcome_text.h"

using namespace coffer;
using coffer::testing::text_of;

namespace {

const Timestamp kSent = *parse_rfc3339("2026-11-22T12:00:00.000Z");
const Timestamp kReceived = kSent + std::chrono::seconds(2);

HttpResult answer(int status, std::string body, HttpHeaders headers = {}) {
  HttpResponse response;
  response.status = status;
  response.headers = std::move(headers);
  response.body = std::move(body);
  return response;
}

std::string outcome_of(HttpResult result, const Provider& provider = {}) {
  return text_of(interpret_token_response(std::move(result), provider, kSent, kReceived));
}

TokenSet tokens_of(std::string body, const Provider& provider = {}, HttpHeaders headers = {}) {
  auto outcome =
      interpret_token_response(answer(200, std::move(body), std::move(headers)), provider, kSent, kReceived);
  REQUIRE(text_of(outcome) == "refreshed");
  return std::move(std::get<Refreshed>(outcome).tokens);
}

std::optional<std::int64_t> lifetime_s(const std::string& body, const Provider& provider = {}) {
  const auto expires_at = tokens_of(body, provider).expires_at;
  if (!expires_at) return std::nullopt;
  return (*expires_at - kSent).count() / 1000;
}

Provider slack() {
  Provider provider;
  provider.token_response = {{"access_token", "/authed_user/access_token"},
                             {"refresh_token", "/authed_user/refresh_token"},
                             {"scope", "/authed_user/scope"}};
  provider.error_aliases = {{"invalid_refresh_token", "invalid_grant"}};
  return provider;
}

}  // namespace

TEST_CASE("every answer of a token endpoint has one meaning", "[oauth]") {
  struct Row {
    int status;
    const char* body;
    const char* meaning;
  };
  const auto row = GENERATE(values<Row>({
      // success
      {200, R"({"access_token":"at"})", "refreshed"},
      {201, R"({"access_token":"at"})", "refreshed"},
      {200, R"( {"access_token":"at","error":""})", "refreshed"},
      {200, R"({"access_token":"at","error":null})", "refreshed"},
      // an error inside a 200
      {200, R"({"error":"bad_refresh_token"})", "rejected invalid_grant"},
      {200, R"({"error":"invalid_grant"})", "rejected invalid_grant"},
      {200, R"({"error":"incorrect_client_credentials"})", "misconfigured invalid_client"},
      {200, R"({"error":"never_heard_of"})", "unprocessed"},
      {200, R"({"ok":false})", "unprocessed"},
      {200, R"({"ok":false,"access_token":"at"})", "unprocessed"},
      // nothing of use
      {200, "", "ambiguous"},
      {200, "<html>login</html>", "ambiguous"},
      {200, "{}", "ambiguous"},
      {200, "[]", "ambiguous"},
      {200, "null", "ambiguous"},
      {200, R"({"access_token":)", "ambiguous"},
      {200, R"({"access_token":""})", "ambiguous"},
      {200, R"({"access_token":7})", "ambiguous"},
      {200, R"({"access_token":null})", "ambiguous"},
      {200, R"({"access_token":"a","access_token":"b"})", "ambiguous"},
      {200, R"({"access_token":"a\r\nX-Injected: 1"})", "ambiguous"},
      {204, "", "ambiguous"},
      {100, "", "ambiguous"},
      // the grant is dead
      {400, R"({"error":"invalid_grant"})", "rejected invalid_grant"},
      {401, R"({"error":"invalid_grant"})", "rejected invalid_grant"},
      {403, R"({"error":"invalid_grant"})", "rejected invalid_grant"},
      {400, R"({"error":"bad_refresh_token"})", "rejected invalid_grant"},
      // the user has to act
      {400, R"({"error":"access_denied"})", "rejected access_denied, user must act"},
      {400, R"({"error":"interaction_required"})", "rejected interaction_required, user must act"},
      {400, R"({"error":"login_required"})", "rejected login_required, user must act"},
      {400, R"({"error":"consent_required"})", "rejected consent_required, user must act"},
      // our client or our request
      {401, R"({"error":"invalid_client"})", "misconfigured invalid_client"},
      {400, R"({"error":"invalid_client"})", "misconfigured invalid_client"},
      {400, R"({"error":"unauthorized_client"})", "misconfigured unauthorized_client"},
      {403, R"({"error":"unauthorized_client"})", "misconfigured unauthorized_client"},
      {400, R"({"error":"unsupported_grant_type"})", "misconfigured unsupported_grant_type"},
      {400, R"({"error":"invalid_request"})", "misconfigured invalid_request"},
      {400, R"({"error":"invalid_scope"})", "misconfigured invalid_scope"},
      {400, R"({"error":"invalid_target"})", "misconfigured invalid_target"},
      {401, "", "misconfigured HTTP 401"},
      {404, "<html>", "misconfigured HTTP 404"},
      {405, "", "misconfigured HTTP 405"},
      {301, "", "misconfigured redirect, HTTP 301"},
      {302, R"({"access_token":"at"})", "misconfigured redirect, HTTP 302"},
      {307, "", "misconfigured redirect, HTTP 307"},
      {308, R"({"error":"invalid_grant"})", "misconfigured redirect, HTTP 308"},
      // something in front of the endpoint
      {403, "<html>blocked</html>", "forbidden"},
      {403, "", "forbidden"},
      // come back later
      {408, "", "throttled"},
      {425, "", "throttled"},
      {429, "", "throttled"},
      {429, R"({"error":"invalid_grant"})", "throttled"},
      {400, R"({"error":"slow_down"})", "throttled"},
      {400, R"({"error":"temporarily_unavailable"})", "throttled"},
      {503, R"({"error":"temporarily_unavailable"})", "throttled"},
      // a server in trouble is not believed about the grant
      {500, "", "ambiguous"},
      {502, "<html>", "ambiguous"},
      {503, "", "unprocessed"},
      {504, "", "ambiguous"},
      {500, R"({"error":"invalid_grant"})", "ambiguous"},
      {500, R"({"access_token":"at"})", "ambiguous"},
      {400, R"({"error":"server_error"})", "ambiguous"},
      // refusals that say nothing certain expire nobody
      {400, "", "unprocessed"},
      {400, R"({"error":"never_heard_of"})", "unprocessed"},
      {400, R"({"error":{"code":"never_heard_of"}})", "unprocessed"},
      {410, "", "unprocessed"},
      {418, "", "unprocessed"},
  }));
  CAPTURE(row.status, row.body);
  CHECK(outcome_of(answer(row.status, row.body)) == row.meaning);
}

TEST_CASE("a failure of the transport is lost only if bytes may have left", "[oauth]") {
  using Sent = HttpFailure::Sent;
  using Kind = HttpFailure::Kind;
  for (const Kind kind :
       {Kind::Policy, Kind::Resolve, Kind::Connect, Kind::Tls, Kind::Refused, Kind::Timeout}) {
    CHECK(outcome_of(HttpFailure{Sent::No, kind, "x"}) == "unprocessed");
  }
  for (const Kind kind : {Kind::Timeout, Kind::Broken, Kind::TooLarge, Kind::Tls}) {
    CHECK(outcome_of(HttpFailure{Sent::Maybe, kind, "x"}) == "lost");
  }
}

TEST_CASE("Retry-After is read in seconds and as a date", "[oauth]") {
  const auto with = [](const char* value) { return outcome_of(answer(429, "", {{"retry-after", value}})); };
  CHECK(with("120") == "throttled after 120 s");
  CHECK(with("0") == "throttled after 0 s");
  CHECK(with("Sun, 22 Nov 2026 12:05:02 GMT") == "throttled after 300 s");
  CHECK(with("Sun, 22 Nov 2020 12:00:00 GMT") == "throttled after 0 s");
  CHECK(with("99999999999999999999999") == "throttled after 86400 s");
  CHECK(with("604800") == "throttled after 86400 s");
  CHECK(with("soon") == "throttled");
  CHECK(with("-5") == "throttled");
  CHECK(outcome_of(answer(503, "", {{"Retry-After", "30"}})) == "unprocessed after 30 s");
  CHECK(outcome_of(answer(403, "", {{"Retry-After", "30"}})) == "forbidden after 30 s");
}

TEST_CASE("a provider's own words for an error are translated", "[oauth]") {
  Provider provider;
  provider.error_aliases = {{"refresh_token is invalid", "invalid_grant"}, {"token_gone", "invalid_grant"}};
  CHECK(outcome_of(
            answer(403, R"({"error":"unauthorized_client","error_description":"refresh_token is invalid"})"),
            provider) == "rejected invalid_grant");
  CHECK(outcome_of(answer(403, R"({"error":"unauthorized_client","error_description":"no such client"})"),
                   provider) == "misconfigured unauthorized_client");
  CHECK(outcome_of(answer(400, R"({"error":{"code":"token_gone","message":"x"}})"), provider) ==
        "rejected invalid_grant");
  CHECK(outcome_of(answer(400, R"({"errorCode":"token_gone"})"), provider) == "rejected invalid_grant");
  CHECK(outcome_of(answer(200, R"({"ok":false,"error":"invalid_refresh_token"})"), slack()) ==
        "rejected invalid_grant");
  CHECK(outcome_of(answer(200, R"({"ok":false,"error":"fatal"})"), slack()) == "unprocessed");
}

TEST_CASE("an error text that could be an echoed credential is not repeated", "[oauth]") {
  const auto outcome =
      interpret_token_response(answer(400, R"({"error":"1//0g-canary-Token42"})"), {}, kSent, kReceived);
  CHECK(std::get<Transient>(outcome).detail == "HTTP 400 unknown_error");
}

TEST_CASE("form-encoded answers are understood where the type says so", "[oauth]") {
  const HttpHeaders form{{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  const TokenSet tokens = tokens_of(
      "access_token=a%2Bt&expires_in=28800&refresh_token=rt&scope=repo%2Cuser&token_type=bearer", {}, form);
  CHECK(tokens.access_token == Secret(std::string_view("a+t")));
  CHECK(tokens.refresh_token == Secret(std::string_view("rt")));
  CHECK(tokens.scopes == std::vector<std::string>{"repo", "user"});
  CHECK(tokens.token_type == "Bearer");
  CHECK(tokens.expires_at == kSent + std::chrono::hours(8));
  CHECK(outcome_of(answer(200, "error=bad_refresh_token&error_description=gone", form)) ==
        "rejected invalid_grant");
  CHECK(outcome_of(answer(200, "access_token=%zz", form)) == "ambiguous");
  CHECK(outcome_of(answer(200, "access_token=at", {{"Content-Type", "text/html"}})) == "ambiguous");
}

TEST_CASE("JSON is JSON whatever content type it bears", "[oauth]") {
  CHECK(tokens_of(R"({"access_token":"at"})", {}, {{"Content-Type", "text/html"}}).access_token ==
        Secret(std::string_view("at")));
}

TEST_CASE("lifetimes in every notation count from the moment the request left", "[oauth]") {
  struct Row {
    const char* expires_in;
    std::optional<std::int64_t> seconds;
  };
  const auto row = GENERATE(values<Row>({
      {"3600", 3600},
      {"3599.9", 3599},
      {"\"3600\"", 3600},
      {"\"3600.0\"", 3600},
      {"29", 30},  // shortest
      {"1", 30},
      {"31536000", 31536000},  // a year
      {"31536001", 31536000},  // longest
      {"1e300", 31536000},
      {"18446744073709551615", 31536000},
      {"0", 3600},  // expires, but nobody knows when
      {"-1", 3600},
      {"\"-3600\"", 3600},
      {"\"soon\"", 3600},
      {"true", 3600},
      {"{}", 3600},
      {"\"0:01:30\"", 5400},
      {"\"1:00:00\"", 86400},
      {"\"2026-11-22T13:00:00Z\"", 3600},
      {"\"2020-01-01T00:00:00Z\"", 3600},
      {"null", std::nullopt},
  }));
  CAPTURE(row.expires_in);
  CHECK(lifetime_s(std::string(R"({"access_token":"at","expires_in":)") + row.expires_in + "}") ==
        row.seconds);
}

TEST_CASE("a token without a named lifetime has the provider's, or none", "[oauth]") {
  CHECK(lifetime_s(R"({"access_token":"at"})") == std::nullopt);
  Provider provider;
  provider.default_lifetime = std::chrono::minutes(30);
  CHECK(lifetime_s(R"({"access_token":"at"})", provider) == 1800);
  CHECK(lifetime_s(R"({"access_token":"at","expires_in":-1})", provider) == 1800);
  CHECK(lifetime_s(R"({"access_token":"at","expires_in":60})", provider) == 60);
}

TEST_CASE("fields are found where the provider's profile says", "[oauth]") {
  Provider sentry;
  sentry.token_response = {
      {"access_token", "/token"}, {"refresh_token", "/refreshToken"}, {"expires_at", "/expiresAt"}};
  const TokenSet tokens =
      tokens_of(R"({"token":"at","refreshToken":"rt","expiresAt":"2026-11-22T20:00:00.000Z"})", sentry);
  CHECK(tokens.access_token == Secret(std::string_view("at")));
  CHECK(tokens.refresh_token == Secret(std::string_view("rt")));
  CHECK(tokens.expires_at == kSent + std::chrono::hours(8));
  CHECK(lifetime_s(R"({"token":"at","expiresAt":1795352400})", sentry) == 3600);
  CHECK(lifetime_s(R"({"token":"at","expiresAt":1795352400000})", sentry) == 3600);

  const TokenSet user = tokens_of(
      R"({"ok":true,"access_token":"xoxb","authed_user":{"access_token":"xoxp","refresh_token":"xoxe","scope":"a,b"}})",
      slack());
  CHECK(user.access_token == Secret(std::string_view("xoxp")));
  CHECK(user.refresh_token == Secret(std::string_view("xoxe")));
  CHECK(user.scopes == std::vector<std::string>{"a", "b"});

  const TokenSet refreshed =
      tokens_of(R"({"ok":true,"access_token":"xoxp","refresh_token":"xoxe","expires_in":43200})", slack());
  CHECK(refreshed.access_token == Secret(std::string_view("xoxp")));
  CHECK(refreshed.refresh_token == Secret(std::string_view("xoxe")));
  CHECK(
      tokens_of(R"({"ok":true,"refresh_token":"of the bot","authed_user":{"access_token":"xoxp"}})", slack())
          .refresh_token.empty());

  Provider broken;
  broken.token_response = {{"access_token", "no pointer"}};
  CHECK(outcome_of(answer(200, R"({"access_token":"at"})"), broken) == "ambiguous");
}

TEST_CASE("scopes come as text with spaces or commas, or as a list", "[oauth]") {
  const auto scopes = [](const std::string& value) {
    return tokens_of(R"({"access_token":"at","scope":)" + value + "}").scopes;
  };
  const std::vector<std::string> expected{"a", "b"};
  CHECK(scopes(R"("a b")") == expected);
  CHECK(scopes(R"("a,b")") == expected);
  CHECK(scopes(R"(" a,  b ")") == expected);
  CHECK(scopes(R"(["a","b",7])") == expected);
  CHECK(scopes("null").empty());
  CHECK(scopes("7").empty());
}

TEST_CASE("the end of a refresh token is read under each of its names", "[oauth]") {
  const auto seconds_left = [](const std::string& member) -> std::optional<Duration> {
    const auto end =
        tokens_of(R"({"access_token":"at","refresh_token":"rt")" + member + "}").refresh_expires_at;
    if (!end) return std::nullopt;
    return *end - kSent;
  };
  const std::optional<Duration> day = std::chrono::hours(24);
  CHECK(seconds_left(R"(,"refresh_token_expires_in":86400)") == day);  // GitHub
  CHECK(seconds_left(R"(,"refresh_token_expires_in":"86400")") == day);
  CHECK(seconds_left(R"(,"refresh_expires_in":86400)") == day);          // Airtable
  CHECK(seconds_left(R"(,"x_refresh_token_expires_in":86400)") == day);  // QuickBooks
  CHECK(seconds_left(R"(,"refresh_expires_in":0)") == std::nullopt);     // Keycloak: no end
  CHECK(seconds_left(R"(,"refresh_token_expires_in":"soon")") == std::nullopt);
  CHECK(seconds_left("") == std::nullopt);
  Provider nested;
  nested.token_response = {{"access_token", "/data/at"}, {"refresh_token_expires_in", "/data/left"}};
  CHECK(tokens_of(R"({"data":{"at":"at","left":60}})", nested).refresh_expires_at ==
        kSent + std::chrono::seconds(60));
}

TEST_CASE("a missing refresh token stays empty, so that the old one is kept", "[oauth]") {
  CHECK(tokens_of(R"({"access_token":"at"})").refresh_token.empty());
  CHECK(tokens_of(R"({"access_token":"at","refresh_token":null})").refresh_token.empty());
  CHECK(tokens_of(R"({"access_token":"at","refresh_token":""})").refresh_token.empty());
}

TEST_CASE("deep and large answers are refused, not followed", "[oauth]") {
  CHECK(outcome_of(answer(200, std::string(5000, '{'))) == "ambiguous");
  const std::string deep = R"({"access_token":"at","x":)" + std::string(40, '[') + std::string(40, ']') + "}";
  CHECK(outcome_of(answer(200, deep)) == "ambiguous");
  CHECK(outcome_of(answer(200, R"({"access_token":")" + std::string(70 << 10, 'a') + "\"}")) == "ambiguous");
}
