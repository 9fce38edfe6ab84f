#include "vault/oauth/token_request.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/json.h"

namespace coffer {
namespace {

constexpr Duration kTimeout = std::chrono::seconds(120);  // to give up early does not un-rotate a token
constexpr std::size_t kMaxAnswer = 256 << 10;

void set(TokenParameters& parameters, std::string_view name, std::string_view value) {
  std::erase_if(parameters, [&](const auto& parameter) { return parameter.first == name; });
  parameters.emplace_back(name, value);
}

// A percent-encoded text is at most three times as long: the buffer never moves and leaves no
// copy of a token behind.
std::string form_body(const TokenParameters& parameters) {
  std::size_t size = 0;
  for (const auto& [name, value] : parameters) size += 3 * (name.size() + value.size()) + 2;
  std::string body;
  body.reserve(size);
  for (const auto& [name, value] : parameters) {
    std::string encoded = form_encode(value);
    if (!body.empty()) body += '&';
    body.append(form_encode(name)).append(1, '=').append(encoded);
    wipe(encoded);
  }
  return body;
}

std::string json_body(const TokenParameters& parameters) {
  Json object = Json::object();
  for (const auto& [name, value] : parameters) object[std::string(name)] = std::string(value);
  std::string body = dump_json(object);
  wipe(object);
  return body;
}

// RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined.
std::string basic_authorization(Provider::TokenAuth method, const ClientCredentials& client) {
  std::string secret = form_encode(client.client_secret.expose());
  std::string pair = method == Provider::TokenAuth::BasicSecret
                         ? secret + ":"
                         : form_encode(client.client_id) + ":" + secret;
  std::string header = "Basic " + to_base64(pair);
  wipe(secret);
  wipe(pair);
  return header;
}

// A public client has nothing to prove: it only names itself.
void authenticate(HttpRequest& request, TokenParameters& parameters, Provider::TokenAuth method,
                  const ClientCredentials& client) {
  const bool is_public = client.client_secret.empty();
  if (method != Provider::TokenAuth::Body && !is_public) {
    request.headers.push_back({"Authorization", basic_authorization(method, client)});
    return;
  }
  set(parameters, "client_id", client.client_id);
  if (!is_public) set(parameters, "client_secret", client.client_secret.expose());
}

HttpRequest bounded_request(std::string method, std::string url) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.once = true;
  request.timeout = kTimeout;
  request.max_response_bytes = kMaxAnswer;
  request.headers.push_back({"Accept", "application/json"});
  return request;
}

}  // namespace

HttpRequest token_request(const Provider& provider, const std::string& url, const ClientCredentials& client,
                          TokenParameters parameters, const std::map<std::string, std::string>& extra) {
  const bool is_json = provider.body_format == Provider::BodyFormat::Json;
  HttpRequest request = bounded_request("POST", url);
  request.headers.push_back(
      {"Content-Type", is_json ? "application/json" : "application/x-www-form-urlencoded"});
  for (const auto& [name, value] : extra) set(parameters, name, value);
  authenticate(request, parameters, provider.token_auth, client);
  request.body = is_json ? json_body(parameters) : form_body(parameters);
  return request;
}

HttpRequest swap_request(const AccessTokenSwap& swap, const ClientCredentials& client,
                         const Secret& access_token) {
  TokenParameters parameters{{"grant_type", swap.grant_type}, {swap.token_param, access_token.expose()}};
  if (swap.sends_client) {
    parameters.emplace_back("client_id", client.client_id);
    parameters.emplace_back("client_secret", client.client_secret.expose());
  }
  std::string query = form_body(parameters);
  HttpRequest request = bounded_request("GET", swap.url + "?" + query);
  wipe(query);
  return request;
}

}  // namespace coffer
