#include "vault/oauth/token_client.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/test_env.h"
#include "tests/unit/oauth/outcome_text.h"
#include "vault/base/encoding.h"

using namespace coffer;
using coffer::testing::ScriptedHttp;
using coffer::testing::TestEnv;
using coffer::testing::text_of;

namespace {

Secret secret(std::string_view text) {
  return Secret(text);
}

ClientCredentials client(std::string_view id, std::string_view client_secret) {
  return {std::string(id), secret(client_secret)};
}

Provider token_provider() {
  Provider p;
  p.token_url = "https://idp.example/token";
  p.revoke_url = "https://idp.example/revoke";
  return p;
}

std::string field(const ScriptedHttp::Seen& request, std::string_view name) {
  const auto fields = parse_form(request.body);
  REQUIRE(fields);
  return std::string(find_field(*fields, name).value_or("(absent)"));
}

struct Exchange : TestEnv {
  ScriptedHttp::Seen exchange(const Provider& p, const ClientCredentials& c) {
    http.answer(200, R"({"access_token":"at"})");
    TokenClient(env()).exchange(p, "https://idp.example/frozen", c, "the code", secret("verifier"),
                                "http://127.0.0.1/cb");
    return http.seen().back();
  }
  ScriptedHttp::Seen refresh(const Provider& p, const ClientCredentials& c) {
    http.answer(200, R"({"access_token":"at"})");
    TokenClient(env()).refresh(p, c, secret("rt"), {});
    return http.seen().back();
  }
};

}  // namespace

TEST_CASE_METHOD(Exchange, "the code exchange carries code, verifier and redirect URI", "[oauth]") {
  const auto request = exchange(token_provider(), client("id", "s3cret"));
  CHECK(request.method == "POST");
  CHECK(request.url == "https://idp.example/frozen");
  CHECK(request.once);
  CHECK(header_value(request.headers, "accept") == "application/json");
  CHECK(header_value(request.headers, "content-type") == "application/x-www-form-urlencoded");
  CHECK(field(request, "grant_type") == "authorization_code");
  CHECK(field(request, "code") == "the code");
  CHECK(field(request, "code_verifier") == "verifier");
  CHECK(field(request, "redirect_uri") == "http://127.0.0.1/cb");
}

TEST_CASE_METHOD(Exchange, "a provider without PKCE gets no verifier", "[oauth]") {
  Provider p = token_provider();
  p.pkce = Provider::Pkce::Off;
  CHECK(field(exchange(p, client("id", "s3cret")), "code_verifier") == "(absent)");
}

TEST_CASE_METHOD(Exchange, "client credentials go in the body or the header, never both", "[oauth]") {
  Provider p = token_provider();
  const auto in_body = exchange(p, client("id", "s3cret"));
  CHECK(field(in_body, "client_id") == "id");
  CHECK(field(in_body, "client_secret") == "s3cret");
  CHECK(header_value(in_body.headers, "authorization").empty());

  p.token_auth = Provider::TokenAuth::Basic;
  const auto in_header = exchange(p, client("id", "s3cret"));
  CHECK(header_value(in_header.headers, "authorization") == "Basic aWQ6czNjcmV0");  // id:s3cret
  CHECK(field(in_header, "client_id") == "(absent)");
  CHECK(field(in_header, "client_secret") == "(absent)");
}

TEST_CASE_METHOD(Exchange, "id and secret are form-encoded before base64", "[oauth]") {
  Provider p = token_provider();
  p.token_auth = Provider::TokenAuth::Basic;
  const auto request = exchange(p, client("my id:1", "a+b%c d"));
  const std::string header(header_value(request.headers, "authorization"));
  REQUIRE(header.starts_with("Basic "));
  CHECK(from_base64(header.substr(6)) == "my+id%3A1:a%2Bb%25c+d");  // RFC 6749 section 2.3.1
}

TEST_CASE_METHOD(Exchange, "a public client only names itself", "[oauth]") {
  Provider p = token_provider();
  p.token_auth = Provider::TokenAuth::Basic;
  const auto request = exchange(p, client("id", ""));
  CHECK(field(request, "client_id") == "id");
  CHECK(field(request, "client_secret") == "(absent)");
  CHECK(header_value(request.headers, "authorization").empty());
}

TEST_CASE_METHOD(Exchange, "a provider that wants JSON gets JSON", "[oauth]") {
  Provider p = token_provider();
  p.body_format = Provider::BodyFormat::Json;
  const auto request = refresh(p, client("id", "s\"x"));
  CHECK(header_value(request.headers, "content-type") == "application/json");
  const auto body = nlohmann::json::parse(request.body);
  CHECK(body == nlohmann::json{{"grant_type", "refresh_token"},
                               {"refresh_token", "rt"},
                               {"client_id", "id"},
                               {"client_secret", "s\"x"}});
}

TEST_CASE_METHOD(Exchange, "a refresh goes to the refresh URL with the provider's parameters", "[oauth]") {
  Provider p = token_provider();
  p.refresh_params = {{"expires_in", "3600"}, {"grant_type", "own_grant"}};
  p.token_params = {{"only", "exchange"}};
  auto request = refresh(p, client("id", "s"));
  CHECK(request.url == "https://idp.example/token");
  CHECK(request.once);
  CHECK(field(request, "refresh_token") == "rt");
  CHECK(field(request, "expires_in") == "3600");
  CHECK(field(request, "grant_type") == "own_grant");
  CHECK(field(request, "only") == "(absent)");
  p.refresh_url = "https://idp.example/refresh";
  CHECK(refresh(p, client("id", "s")).url == "https://idp.example/refresh");
  CHECK(field(exchange(p, client("id", "s")), "only") == "exchange");
}

TEST_CASE_METHOD(Exchange, "a secret may stand alone as the Basic user", "[oauth]") {
  Provider p = token_provider();
  p.token_auth = Provider::TokenAuth::BasicSecret;
  const auto request = exchange(p, client("id", "s3cret"));
  CHECK(header_value(request.headers, "authorization") == "Basic czNjcmV0Og==");  // s3cret:
  CHECK(field(request, "client_id") == "(absent)");
}

TEST_CASE_METHOD(Exchange, "the token of a code is changed for a longer one with the same scopes",
                 "[oauth]") {
  Provider p = token_provider();
  p.swap_after_code = AccessTokenSwap{"https://idp.example/longer", "own_exchange", "old", true};
  p.renewal = AccessTokenSwap{"https://idp.example/renewal", "own_refresh", "token", false};
  http.answer(200, R"({"access_token":"sh&rt","scope":"a b"})");
  http.answer(200, R"({"access_token":"long","expires_in":5184000})");
  auto outcome = TokenClient(env()).exchange(p, "https://idp.example/token", client("id", "s3cret"), "code",
                                             Secret(), "http://127.0.0.1/cb");
  const auto& tokens = std::get<Refreshed>(outcome).tokens;
  CHECK(tokens.access_token.expose() == "long");
  CHECK(tokens.refresh_token.expose() == "long");  // it renews itself
  CHECK(tokens.scopes == std::vector<std::string>{"a", "b"});
  CHECK(tokens.expires_at == clock.now() + std::chrono::seconds(5184000));
  const auto request = http.seen().back();
  CHECK(request.method == "GET");
  CHECK(request.url ==
        "https://idp.example/longer?grant_type=own_exchange&old=sh%26rt&client_id=id&client_secret=s3cret");
  CHECK(request.once);
  CHECK(request.body.empty());
}

TEST_CASE_METHOD(Exchange,
                 "a token that renews itself is asked for by GET, with the client where it is wanted",
                 "[oauth]") {
  Provider p = token_provider();
  p.renewal = AccessTokenSwap{"https://idp.example/renewal", "own_refresh", "token", false};
  http.answer(200, R"({"access_token":"newer"})");
  auto outcome = TokenClient(env()).refresh(p, client("id", "s3cret"), secret("old"), {});
  CHECK(std::get<Refreshed>(outcome).tokens.refresh_token.expose() == "newer");
  CHECK(http.seen().back().url == "https://idp.example/renewal?grant_type=own_refresh&token=old");
  p.renewal->sends_client = true;
  http.answer(400, R"({"error":{"message":"no","type":"OAuthException","code":190}})");
  p.error_aliases = {{"190", "invalid_grant"}};
  outcome = TokenClient(env()).refresh(p, client("id", "s3cret"), secret("old"), {});
  CHECK(http.seen().back().url.ends_with("&client_id=id&client_secret=s3cret"));
  CHECK(text_of(outcome) == "rejected invalid_grant");
}

TEST_CASE_METHOD(Exchange, "reserved characters survive the form", "[oauth]") {
  http.answer(200, R"({"access_token":"at"})");
  TokenClient(env()).refresh(token_provider(), client("i&d", "s=+%"), secret("r/t+=& \xC3\xA9"), {});
  const auto request = http.seen().back();
  CHECK(field(request, "refresh_token") == "r/t+=& \xC3\xA9");
  CHECK(field(request, "client_id") == "i&d");
  CHECK(field(request, "client_secret") == "s=+%");
}

TEST_CASE_METHOD(Exchange, "token requests are bounded in time and size", "[oauth]") {
  http.answer_with([](const HttpRequest& request) -> HttpResult {
    CHECK(request.timeout == std::chrono::seconds(120));
    CHECK(request.max_response_bytes == 256U << 10);
    return HttpFailure{HttpFailure::Sent::Maybe, HttpFailure::Kind::TooLarge, "too large"};
  });
  CHECK(text_of(TokenClient(env()).refresh(token_provider(), client("id", "s"), secret("rt"), {})) == "lost");
}

TEST_CASE_METHOD(Exchange, "a refresh whose intent is refused sends nothing", "[oauth]") {
  http.answer(200, R"({"access_token":"at"})");
  const auto outcome =
      TokenClient(env()).refresh(token_provider(), client("id", "s"), secret("rt"), [] { return false; });
  CHECK(text_of(outcome) == "unprocessed");
  CHECK(http.seen().empty());
}

TEST_CASE("lifetimes count from the moment before the first byte", "[oauth]") {
  struct SlowHttp : HttpClient {
    explicit SlowHttp(MovableClock& c) : clock(c) {}
    HttpResult send(const HttpRequest& request) override {
      clock.advance(std::chrono::seconds(10));  // a slow connect
      CHECK(request.before_send());
      clock.advance(std::chrono::seconds(40));  // a slow answer
      HttpResponse response;
      response.status = 200;
      response.body = R"({"access_token":"at","expires_in":3600})";
      return response;
    }
    MovableClock& clock;
  };
  TestEnv base;
  SlowHttp slow(base.clock);
  const Timestamp sent_at = base.clock.now() + std::chrono::seconds(10);
  const TokenClient tokens({base.clock, base.random, slow, *base.log});
  const auto outcome = tokens.refresh(token_provider(), client("id", "s"), secret("rt"), {});
  CHECK(std::get<Refreshed>(outcome).tokens.expires_at == sent_at + std::chrono::hours(1));
}

TEST_CASE_METHOD(Exchange, "revocation follows RFC 7009", "[oauth]") {
  struct Row {
    int status;
    const char* body;
    bool is_revoked;
  };
  const auto row = GENERATE(values<Row>({{200, "", true},
                                         {204, "", true},
                                         {400, R"({"error":"invalid_token"})", true},
                                         {400, R"({"error":"unsupported_token_type"})", false},
                                         {400, "<html>", false},
                                         {401, "", false},
                                         {503, "", false},
                                         {302, "", false}}));
  CAPTURE(row.status, row.body);
  http.answer(row.status, row.body);
  CHECK(TokenClient(env()).revoke(token_provider(), client("id", "s"), secret("rt"), "refresh_token") ==
        row.is_revoked);
  const auto request = http.seen().back();
  CHECK(request.url == "https://idp.example/revoke");
  CHECK(request.once);
  CHECK(field(request, "token") == "rt");
  CHECK(field(request, "token_type_hint") == "refresh_token");
  CHECK(field(request, "client_id") == "id");
}

TEST_CASE_METHOD(Exchange, "without a revocation endpoint nothing is asked", "[oauth]") {
  Provider p = token_provider();
  p.revoke_url.clear();
  CHECK_FALSE(TokenClient(env()).revoke(p, client("id", "s"), secret("rt"), "refresh_token"));
  CHECK(http.seen().empty());
}
