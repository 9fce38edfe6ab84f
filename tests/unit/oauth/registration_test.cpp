#include "vault/oauth/registration.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "vault/base/error.h"
#include "vault/base/json.h"

using namespace coffer;

namespace {

Provider registering_provider() {
  Provider p;
  p.name = "Idp";
  p.registration_url = "https://idp.example/register";
  return p;
}

HttpResponse registration_answer(int status, const std::string& body) {
  HttpResponse response;
  response.status = status;
  response.body = body;
  return response;
}

ErrorCode code_of(int status, const std::string& body) {
  try {
    read_registration(registering_provider(), registration_answer(status, body));
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::Internal;
}

}  // namespace

TEST_CASE("a registration names redirect URI, grants and the way to authenticate", "[oauth]") {
  Provider p = registering_provider();
  const auto [method, name] =
      GENERATE(table<Provider::TokenAuth, std::string>({{Provider::TokenAuth::Basic, "client_secret_basic"},
                                                        {Provider::TokenAuth::Body, "client_secret_post"}}));
  p.token_auth = method;
  const HttpRequest request = registration_request(p, "http://127.0.0.1/cb", "Our app");
  CHECK(request.method == "POST");
  CHECK(request.url == "https://idp.example/register");
  CHECK(request.once);
  const Json body = parse_json(request.body);
  CHECK(body["client_name"] == "Our app");
  CHECK(body["redirect_uris"] == Json{"http://127.0.0.1/cb"});
  CHECK(body["grant_types"] == Json({"authorization_code", "refresh_token"}));
  CHECK(body["token_endpoint_auth_method"] == name);
}

TEST_CASE("the answer to a registration holds a client, with or without a secret", "[oauth]") {
  const auto client = read_registration(registering_provider(),
                                        registration_answer(201, R"({"client_id":"c","client_secret":"s"})"));
  CHECK(client.client_id == "c");
  CHECK(client.client_secret == Secret(std::string_view("s")));
  CHECK(read_registration(registering_provider(), registration_answer(201, R"({"client_id":"c"})"))
            .client_secret.empty());
}

TEST_CASE("an answer without a client is refused, one that may pass is for later", "[oauth]") {
  CHECK(code_of(400, R"({"error":"invalid_redirect_uri"})") == ErrorCode::InvalidArgument);
  CHECK(code_of(403, "<html>") == ErrorCode::InvalidArgument);
  CHECK(code_of(201, "{}") == ErrorCode::InvalidArgument);
  CHECK(code_of(201, "[]") == ErrorCode::InvalidArgument);
  CHECK(code_of(201, R"({"client_id":5})") == ErrorCode::InvalidArgument);
  CHECK(code_of(201, R"({"client_id":")" + std::string(5000, 'c') + "\"}") == ErrorCode::InvalidArgument);
  CHECK(code_of(429, "{}") == ErrorCode::Unavailable);
  CHECK(code_of(503, "") == ErrorCode::Unavailable);
}
