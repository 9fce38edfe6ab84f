#include "vault/oauth/registration.h"

#include <nlohmann/json.hpp>

#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"

namespace coffer {
namespace {

constexpr Duration kRegistrationTimeout = std::chrono::seconds(30);
constexpr std::size_t kMaxRegistrationAnswer = 64 << 10;
constexpr std::size_t kMaxErrorBytes = 64;
constexpr std::size_t kMaxValueBytes = 4096;

std::string text_in(const Json& answer, const char* key) {
  const auto found = answer.is_object() ? answer.find(key) : answer.end();
  return found != answer.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json parse_answer(const HttpResponse& response) {
  try {
    return parse_json(response.body, "registration answer");
  } catch (const Error&) {
    return nullptr;
  }
}

[[noreturn]] void fail(const Provider& provider, const std::string& detail) {
  throw Error(ErrorCode::InvalidArgument, provider.name + " registered no client: " + detail,
              "register one by hand and send its client_id and client_secret");
}

}  // namespace

HttpRequest registration_request(const Provider& provider, const std::string& redirect_uri,
                                 const std::string& name) {
  const bool is_basic = provider.token_auth == Provider::TokenAuth::Basic;
  const Json body = {{"client_name", name},
                     {"redirect_uris", {redirect_uri}},
                     {"grant_types", {"authorization_code", "refresh_token"}},
                     {"response_types", {"code"}},
                     {"token_endpoint_auth_method", is_basic ? "client_secret_basic" : "client_secret_post"}};
  HttpRequest request;
  request.method = "POST";
  request.url = provider.registration_url;
  request.once = true;
  request.timeout = kRegistrationTimeout;
  request.max_response_bytes = kMaxRegistrationAnswer;
  request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}};
  request.body = dump_json(body);
  return request;
}

ClientCredentials read_registration(const Provider& provider, const HttpResponse& response) {
  if (response.status == 429 || response.status >= 500) {
    throw Error(ErrorCode::Unavailable,
                provider.name + " registers no client now: HTTP " + std::to_string(response.status),
                "try again later");
  }
  Json answer = parse_answer(response);
  if (response.status != 201 && response.status != 200) {
    const std::string error = text_in(answer, "error");
    const bool is_word = error.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos;
    fail(provider, "HTTP " + std::to_string(response.status) +
                       (is_word && error.size() <= kMaxErrorBytes ? " " + error : std::string()));
  }
  std::string secret = text_in(answer, "client_secret");
  ClientCredentials client{text_in(answer, "client_id"), Secret::consume(secret)};
  wipe(answer);
  if (client.client_id.empty()) fail(provider, "its answer names none");
  if (client.client_id.size() > kMaxValueBytes || client.client_secret.size() > kMaxValueBytes) {
    fail(provider, "its answer is too long");
  }
  return client;
}

}  // namespace coffer
