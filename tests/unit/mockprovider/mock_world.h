#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "mockprovider/digest.h"
#include "mockprovider/front.h"
#include "mockprovider/walker.h"
#include "tests/support/test_env.h"
#include "vault/base/json.h"
#include "vault/catalog/catalog.h"
#include "vault/net/request_target.h"

namespace coffer::mock::testing {

inline constexpr const char* kUrl = "http://127.0.0.1:4000";
inline constexpr const char* kWhoami = "/mock/mockidp/mock/whoami";
inline constexpr const char* kCallback = "http://127.0.0.1:9900/oauth/callback/ac_1";
// RFC 7636 appendix B.
inline constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
inline constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

inline const Catalog& shipped_catalog() {
  static const Catalog catalog = Catalog::load();
  return catalog;
}

inline const Profiles& shipped_profiles() {
  static const Profiles profiles = [] {
    Profiles read;
    for (const auto& [id, provider] : shipped_catalog().providers()) read.emplace(id, read_profile(provider));
    return read;
  }();
  return profiles;
}

// The whole mock without a socket, at a frozen moment; real pauses are only added up.
struct MockWorld {
  MovableClock clock{from_ms(coffer::testing::kStartMs)};
  Duration paused{0};
  Front front{{kUrl, clock, shipped_catalog(), shipped_profiles(), 1},
              [this](Duration time) { paused += time; }};

  ServerResponse send(const std::string& method, const std::string& target, HttpHeaders headers = {},
                      const std::string& body = {}) {
    ServerRequest request;
    request.method = method;
    request.target = target;
    const auto parsed = parse_target(target);
    if (!parsed) throw std::invalid_argument(target);  // no assertion: other threads send, too
    request.path = parsed->path();
    request.query = parsed->query;
    request.headers = std::move(headers);
    request.body = body;
    return front.handle(request);
  }
  ServerResponse get(const std::string& target, const std::string& bearer = {}) {
    return send("GET", target,
                bearer.empty() ? HttpHeaders() : HttpHeaders{{"Authorization", "Bearer " + bearer}});
  }
  ServerResponse post_form(const std::string& target, const Fields& form, HttpHeaders headers = {}) {
    headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    return send("POST", target, std::move(headers), build_form(form));
  }
  ServerResponse post_json(const std::string& target, const Json& body, HttpHeaders headers = {}) {
    headers.push_back({"Content-Type", "application/json"});
    return send("POST", target, std::move(headers), dump_json(body));
  }
  Json control(const std::string& method, const std::string& target, const Json& body = Json::object()) {
    const ServerResponse response = method == "POST" ? post_json(target, body) : send(method, target);
    INFO(response.body);
    REQUIRE(response.status == 200);
    return parse_json(response.body);
  }

  Client client_of(const std::string& provider) const { return managed_client(provider, 1); }

  static std::string path_of(const std::string& provider) {
    return shipped_catalog().find_provider(provider)->mock_path;
  }

  // A good authorization request of the managed client, with `changes` made to it; an empty value
  // takes a parameter out.
  std::string authorize_target(const std::string& provider, const Fields& changes = {}) const {
    Fields query = {{"response_type", "code"},        {"client_id", client_of(provider).client_id},
                    {"redirect_uri", kCallback},      {"state", "st+1 ="},
                    {"scope", "read write"},          {"code_challenge", kChallenge},
                    {"code_challenge_method", "S256"}};
    for (const auto& [name, value] : changes) {
      std::erase_if(query, [&, n = name](const auto& field) { return field.first == n; });
      if (!value.empty()) query.emplace_back(name, value);
    }
    return with_query(path_of(provider) + "/authorize", query);
  }

  std::string redirect_of(const std::string& provider, const Fields& changes = {},
                          const std::string& account = "alice@example.com") {
    return walk_pages(front, authorize_target(provider, changes), account, Decision::Allow);
  }
  static Fields answer_of_redirect(const std::string& location) {
    return parse_form(location.substr(location.find('?') + 1)).value();
  }
  std::string code_of(const std::string& provider, const Fields& changes = {},
                      const std::string& account = "alice@example.com") {
    const Fields answer = answer_of_redirect(redirect_of(provider, changes, account));
    const auto code = find_field(answer, "code");
    REQUIRE(code);
    return std::string(*code);
  }

  HttpHeaders basic_of(const std::string& provider) const {
    const Client client = client_of(provider);
    return {{"Authorization",
             "Basic " + to_base64(form_encode(client.client_id) + ":" + form_encode(client.client_secret))}};
  }
  ServerResponse token(const std::string& provider, const Fields& form) {
    return post_form(path_of(provider) + "/token", form, basic_of(provider));
  }
  ServerResponse redeem(const std::string& provider, const std::string& code) {
    return token(provider, {{"grant_type", "authorization_code"},
                            {"code", code},
                            {"redirect_uri", kCallback},
                            {"code_verifier", kVerifier}});
  }
  ServerResponse refresh(const std::string& provider, const std::string& refresh_token) {
    return token(provider, {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}});
  }
  // A whole connection: the parsed token answer.
  Json connect(const std::string& provider, const Fields& changes = {},
               const std::string& account = "alice@example.com") {
    const ServerResponse response = redeem(provider, code_of(provider, changes, account));
    INFO(response.body);
    REQUIRE(response.status == 200);
    return parse_json(response.body);
  }
};

inline std::string header_of(const ServerResponse& response, std::string_view name) {
  return std::string(header_value(response.headers, name));
}

}  // namespace coffer::mock::testing
