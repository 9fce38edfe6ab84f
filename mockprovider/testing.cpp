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

// The managed client of one provider, which speaks as that provider's description says.
class ProviderClient {
 public:
  ProviderClient(MockProvider& mock, const std::string& description)
      : mock_(mock), description_(parse_json(description)), client_(mock.managed_client(text("id"))) {}

  std::string authorize_url(const std::string& scope) const {
    Fields query = {{"response_type", "code"},
                    {"client_id", client_.client_id},
                    {"redirect_uri", kCallback},
                    {text("scope_param"), join(split(scope, ' '), text("scope_separator"))},
                    {"code_challenge", kChallenge},
                    {"code_challenge_method", "S256"}};
    add(query, "authorize_params");
    return with_query(text("authorization_endpoint"), with_own_names(std::move(query)));
  }

  std::string code_of(const std::string& callback) const {
    const Fields answer = parse_form(callback.substr(callback.find('?') + 1)).value_or(Fields());
    const auto code = find_field(answer, own_name("code"));
    if (!code) throw Error(ErrorCode::InvalidArgument, "the mock did not give a code: " + callback);
    return std::string(*code);
  }

  TestTokens redeem(const std::string& code) const {
    Fields form = {{"grant_type", "authorization_code"},
                   {"code", code},
                   {"redirect_uri", kCallback},
                   {"code_verifier", kVerifier}};
    add(form, "token_params");
    const TestTokens tokens = required(post("token_endpoint", std::move(form)));
    const Json& swap = description_["swap_after_code"];
    return swap.is_null() ? tokens : required(exchange(swap, "token_endpoint", tokens.access_token));
  }

  std::optional<TestTokens> refresh(const TestTokens& tokens) const {
    const Json& renewal = description_["renewal"];
    if (!renewal.is_null()) return read(exchange(renewal, "refresh_endpoint", tokens.access_token));
    Fields form = {{"grant_type", "refresh_token"}, {"refresh_token", tokens.refresh_token}};
    add(form, "refresh_params");
    auto next = read(post("refresh_endpoint", std::move(form)));
    // RFC 6749 section 6: without a new one the old one stays in use.
    if (next && next->refresh_token.empty()) next->refresh_token = tokens.refresh_token;
    return next;
  }

 private:
  std::string text(const char* name) const { return description_.at(name).get<std::string>(); }

  std::string own_name(const std::string& name) const {
    return description_["parameter_names"].value(name, name);
  }

  Fields with_own_names(Fields parameters) const {
    for (auto& [name, value] : parameters) name = own_name(name);
    return parameters;
  }

  void add(Fields& parameters, const char* further) const {
    for (const auto& [name, value] : description_[further].items())
      parameters.emplace_back(name, value.get<std::string>());
  }

  MockAnswer post(const char* endpoint, Fields form) const {
    Fields headers = {{"Accept", "application/json"}};
    if (text("token_auth") == "body") {
      form.emplace_back("client_id", client_.client_id);
      if (!client_.client_secret.empty()) form.emplace_back("client_secret", client_.client_secret);
    } else {
      const std::string user = text("token_auth") == "basic" ? form_encode(client_.client_id) + ":" : "";
      const std::string last =
          user.empty() ? client_.client_secret + ":" : form_encode(client_.client_secret);
      headers.emplace_back("Authorization", "Basic " + to_base64(user + last));
    }
    form = with_own_names(std::move(form));
    const bool is_json = text("body_format") == "json";
    headers.emplace_back("Content-Type", is_json ? "application/json" : "application/x-www-form-urlencoded");
    return mock_.ask(
        "POST", text(endpoint), headers,
        is_json ? dump_json(std::map<std::string, std::string>(form.begin(), form.end())) : build_form(form));
  }

  MockAnswer exchange(const Json& swap, const char* endpoint, const std::string& access_token) const {
    Fields query = {{"grant_type", swap["grant_type"]}, {swap["token_param"], access_token}};
    if (swap["sends_client"] == true) {
      query.emplace_back("client_id", client_.client_id);
      query.emplace_back("client_secret", client_.client_secret);
    }
    return mock_.ask("GET", with_query(text(endpoint), query), {{"Accept", "application/json"}});
  }

  // What stands at the place that the provider has for it, else under the name of RFC 6749.
  std::string member(const Json& answer, const std::string& name, bool at_own_place) const {
    const std::string place =
        at_own_place ? description_["token_response"].value(name, "/" + name) : "/" + name;
    const Json::json_pointer pointer(place);
    return answer.contains(pointer) && answer[pointer].is_string() ? answer[pointer].get<std::string>() : "";
  }

  // nullopt: a refusal, whatever its status.
  std::optional<TestTokens> read(const MockAnswer& answer) const try {
    const Json json = parse_json(answer.body);
    for (const bool at_own_place : {true, false}) {
      TestTokens tokens{member(json, "access_token", at_own_place),
                        member(json, "refresh_token", at_own_place)};
      if (answer.status / 100 == 2 && !tokens.access_token.empty()) return tokens;
    }
    return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }

  TestTokens required(const MockAnswer& answer) const {
    if (const auto tokens = read(answer)) return *tokens;
    throw Error(ErrorCode::InvalidArgument,
                "the mock's token endpoint answered " + std::to_string(answer.status) + ": " + answer.body);
  }

  MockProvider& mock_;
  const Json description_;
  const MockClient client_;
};

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
  const ProviderClient client(mock_, describe(provider));
  return client.redeem(client.code_of(mock_.approve(client.authorize_url(scope), account)));
}

std::optional<TestTokens> TestMock::refresh(const TestTokens& tokens, const std::string& provider) {
  return ProviderClient(mock_, describe(provider)).refresh(tokens);
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

std::string TestMock::describe(const std::string& provider) {
  return control("GET", "/providers/" + percent_encode(provider));
}

}  // namespace coffer::mock
