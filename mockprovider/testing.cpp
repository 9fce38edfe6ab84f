#include "mockprovider/testing.h"

#include <nlohmann/json.hpp>

#include "vault/base/json.h"

namespace coffer::mock {
namespace {

// Loopback, any port: what managed clients may redirect to.
constexpr const char* kCallback = "http://127.0.0.1/callback";
// RFC 7636 appendix B.
constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const Fields kJson = {{"Content-Type", "application/json"}};

MockOptions with_clock(MockOptions options, MovableClock& clock) {
  if (!options.clock) options.clock = &clock;
  return options;
}

TestTokens read_tokens(const MockAnswer& answer) {
  if (answer.status != 200) {
    throw Error(ErrorCode::InvalidArgument,
                "the mock's token endpoint answered " + std::to_string(answer.status) + ": " + answer.body);
  }
  const Json json = parse_json(answer.body);
  return {json.value("access_token", ""), json.value("refresh_token", "")};
}

MockEvent read_event(const Json& entry) {
  return {entry.value("endpoint", ""), entry.value("account", ""), entry.value("error", ""),
          entry.value("family", ""), entry.value("status", 0)};
}

}  // namespace

TestMock::TestMock(MockOptions options)
    : clock_(parse_rfc3339("2026-01-01T00:00:00Z").value()), mock_(with_clock(std::move(options), clock_)) {
  mock_.start();
}

TestTokens TestMock::connect(const std::string& account, const std::string& scope,
                             const std::string& provider) {
  const std::string authorize = with_query(mock_.issuer(provider) + "/authorize",
                                           {{"response_type", "code"},
                                            {"client_id", mock_.managed_client(provider).client_id},
                                            {"redirect_uri", kCallback},
                                            {"scope", scope},
                                            {"code_challenge", kChallenge},
                                            {"code_challenge_method", "S256"}});
  const std::string back = mock_.approve(authorize, account);
  const Fields answer = parse_form(back.substr(back.find('?') + 1)).value_or(Fields());
  const auto code = find_field(answer, "code");
  if (!code) throw Error(ErrorCode::InvalidArgument, "the mock did not give a code: " + back);
  return read_tokens(token_request(provider, {{"grant_type", "authorization_code"},
                                              {"code", std::string(*code)},
                                              {"redirect_uri", kCallback},
                                              {"code_verifier", kVerifier}}));
}

std::optional<TestTokens> TestMock::refresh(const TestTokens& tokens, const std::string& provider) {
  const MockAnswer answer =
      token_request(provider, {{"grant_type", "refresh_token"}, {"refresh_token", tokens.refresh_token}});
  if (answer.status != 200) return std::nullopt;
  return read_tokens(answer);
}

bool TestMock::is_live(const TestTokens& tokens, const std::string& provider) {
  return mock_
             .ask("GET", mock_.issuer(provider) + "/userinfo",
                  {{"Authorization", "Bearer " + tokens.access_token}})
             .status == 200;
}

int TestMock::expire(const std::string& account) {
  const Json body = {{"account", account}, {"what", "access"}};
  return parse_json(control("POST", "/grants/expire", dump_json(body)))["grants"];
}

int TestMock::revoke(const std::string& account) {
  const Json body = {{"account", account}, {"what", "all"}};
  return parse_json(control("POST", "/grants/revoke", dump_json(body)))["grants"];
}

void TestMock::fault(const std::string& json) {
  control("POST", "/faults", json);
}

std::vector<MockEvent> TestMock::events(const std::string& endpoint) {
  const Json journal = parse_json(control("GET", with_query("/journal", {{"endpoint", endpoint}})));
  std::vector<MockEvent> events;
  for (const auto& entry : journal["entries"]) events.push_back(read_event(entry));
  return events;
}

std::string TestMock::control(const std::string& method, const std::string& path, const std::string& body) {
  MockAnswer answer = mock_.ask(method, "/_mock" + path, kJson, body);
  if (answer.status == 200) return std::move(answer.body);
  throw Error(ErrorCode::InvalidArgument, "the mock's control " + path + " answered " + answer.body);
}

MockAnswer TestMock::token_request(const std::string& provider, Fields form) {
  const MockClient client = mock_.managed_client(provider);
  const std::string credentials = form_encode(client.client_id) + ":" + form_encode(client.client_secret);
  return mock_.ask("POST", mock_.issuer(provider) + "/token",
                   {{"Content-Type", "application/x-www-form-urlencoded"},
                    {"Authorization", "Basic " + to_base64(credentials)},
                    {"Accept", "application/json"}},
                   build_form(form));
}

}  // namespace coffer::mock
