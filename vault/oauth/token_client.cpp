#include "vault/oauth/token_client.h"

#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/oauth/registration.h"
#include "vault/oauth/token_request.h"
#include "vault/oauth/token_response.h"

namespace coffer {
namespace {

constexpr Duration kRevokeTimeout = std::chrono::seconds(30);

// `before_send` runs last before the first byte: from that moment on the token's life is counted.
RefreshOutcome ask(const Env& env, const Provider& provider, HttpRequest request,
                   const std::function<bool()>& before_send) {
  Timestamp sent_at = env.clock.now();
  request.before_send = [&] {
    sent_at = env.clock.now();
    return !before_send || before_send();
  };
  HttpResult result = env.http.send(request);
  return interpret_token_response(std::move(result), provider, sent_at, env.clock.now());
}

// What renews itself is its own refresh token.
RefreshOutcome with_renewal(const Provider& provider, RefreshOutcome outcome) {
  auto* refreshed = std::get_if<Refreshed>(&outcome);
  if (refreshed != nullptr && provider.renewal)
    refreshed->tokens.refresh_token = refreshed->tokens.access_token.clone();
  return outcome;
}

// The token of the code is given up for one that lives longer and has the same scopes.
RefreshOutcome swapped(const Env& env, const Provider& provider, const ClientCredentials& client,
                       RefreshOutcome first) {
  auto* granted = std::get_if<Refreshed>(&first);
  if (granted == nullptr || !provider.swap_after_code) return first;
  RefreshOutcome second =
      ask(env, provider, swap_request(*provider.swap_after_code, client, granted->tokens.access_token), {});
  if (auto* longer = std::get_if<Refreshed>(&second); longer != nullptr && longer->tokens.scopes.empty())
    longer->tokens.scopes = std::move(granted->tokens.scopes);
  return second;
}

// RFC 7009 section 2.2 answers 200 for unknown tokens; some providers say invalid_token instead.
bool says_token_is_unknown(const HttpResponse& response) {
  if (response.status != 400) return false;
  try {
    const Json body = parse_json(response.body, "revocation answer");
    return body.is_object() && body.value("error", Json()) == "invalid_token";
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

RefreshOutcome TokenClient::exchange(const Provider& provider, const std::string& token_url,
                                     const ClientCredentials& client, std::string_view code,
                                     const Secret& code_verifier, const std::string& redirect_uri) const {
  TokenParameters parameters{
      {"grant_type", "authorization_code"}, {"code", code}, {"redirect_uri", redirect_uri}};
  // RFC 7636: a verifier without a challenge before it is an error at strict providers.
  if (!code_verifier.empty() && provider.pkce != Provider::Pkce::Off) {
    parameters.emplace_back("code_verifier", code_verifier.expose());
  }
  RefreshOutcome first =
      ask(env_, provider,
          token_request(provider, token_url, client, std::move(parameters), provider.token_params), {});
  return with_renewal(provider, swapped(env_, provider, client, std::move(first)));
}

RefreshOutcome TokenClient::refresh(const Provider& provider, const ClientCredentials& client,
                                    const Secret& refresh_token,
                                    const std::function<bool()>& before_send) const {
  if (provider.renewal) {
    return with_renewal(
        provider, ask(env_, provider, swap_request(*provider.renewal, client, refresh_token), before_send));
  }
  TokenParameters parameters{{"grant_type", "refresh_token"}, {"refresh_token", refresh_token.expose()}};
  return ask(env_, provider,
             token_request(provider, provider.refresh_place(), client, std::move(parameters),
                           provider.refresh_params),
             before_send);
}

RefreshOutcome TokenClient::client_credentials(const Provider& provider, const ClientCredentials& client,
                                               const std::vector<std::string>& scopes,
                                               const std::function<bool()>& before_send) const {
  const std::string scope = join(scopes, provider.scope_separator);
  TokenParameters parameters{{"grant_type", "client_credentials"}};
  if (!scope.empty()) parameters.emplace_back("scope", scope);
  return ask(env_, provider, token_request(provider, provider.token_url, client, std::move(parameters), {}),
             before_send);
}

ClientCredentials TokenClient::register_client(const Provider& provider, const std::string& redirect_uri,
                                               const std::string& name) const {
  HttpResult result = env_.http.send(registration_request(provider, redirect_uri, name));
  auto* response = std::get_if<HttpResponse>(&result);
  if (response == nullptr) {
    throw Error(ErrorCode::Unavailable,
                provider.name + " could not be asked for a client: " + std::get<HttpFailure>(result).detail,
                "try again later");
  }
  return read_registration(provider, *response);
}

bool TokenClient::revoke(const Provider& provider, const ClientCredentials& client, const Secret& token,
                         std::string_view token_type_hint) const {
  if (provider.revoke_url.empty()) return false;
  TokenParameters parameters{{"token", token.expose()}};
  if (!token_type_hint.empty()) parameters.emplace_back("token_type_hint", token_type_hint);
  HttpRequest request = token_request(provider, provider.revoke_url, client, std::move(parameters), {});
  request.timeout = kRevokeTimeout;
  const HttpResult result = env_.http.send(request);
  const auto* response = std::get_if<HttpResponse>(&result);
  return response != nullptr &&
         (response->status == 200 || response->status == 204 || says_token_is_unknown(*response));
}

}  // namespace coffer
