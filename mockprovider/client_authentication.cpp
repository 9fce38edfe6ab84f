#include "mockprovider/client_authentication.h"

#include <algorithm>

#include "mockprovider/oauth_request.h"
#include "vault/base/secret.h"

namespace coffer::mock {
namespace {

// The provider's own format is that of token requests; the other endpoints take both.
std::optional<Refusal> refuse_body(const Profile& profile, const ServerRequest& request,
                                   const std::string& endpoint, const std::optional<Fields>& parameters) {
  if (!parameters) return Refusal{"invalid_request", "the body is neither a form nor a JSON object"};
  const bool wants_json = profile.provider->body_format == Provider::BodyFormat::Json;
  const bool is_token_request = endpoint == "token" || endpoint == "refresh";
  const bool is_taken =
      is_json_request(request) == wants_json || (is_json_request(request) && profile.takes_json);
  if (is_token_request && !request.body.empty() && !is_taken) {
    return Refusal{"invalid_request",
                   wants_json ? "this provider takes a JSON body" : "the body has to be a form"};
  }
  if (has_duplicates(*parameters)) return Refusal{"invalid_request", "a parameter comes twice"};
  return std::nullopt;
}

std::string method_of(const PresentedClient& presented) {
  if (presented.by_basic) return "client_secret_basic";
  return presented.secret.empty() ? "none" : "client_secret_post";
}

bool takes(const Profile& profile, const Client& client, const std::string& method) {
  if (!client.auth_method.empty()) return client.auth_method == method;
  const auto& methods = profile.auth_methods;
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

std::variant<const Client*, Refusal> authenticate(const Tenant& tenant, const Profile& profile,
                                                  const PresentedClient& presented) {
  if (presented.is_ambiguous) {
    return Refusal{profile.ambiguous_client, "the client is named in the header and in the body"};
  }
  if (profile.secret_is_basic_user && presented.by_basic) {
    const Client* client = tenant.clients.find_by_secret(profile.id(), presented.id);
    if (client) return client;
  }
  const Client* client = tenant.clients.find(profile.id(), presented.id);
  if (!client || !constant_time_equal(client->client_secret, presented.secret)) {
    return Refusal{"invalid_client", "unknown client or wrong secret"};
  }
  const std::string method = method_of(presented);
  if (!takes(profile, *client, method)) {
    return Refusal{"invalid_client", method + " is not how this client authenticates itself here"};
  }
  return client;
}

// Of a request in which a token speaks for itself: what that token is called there; empty: of another.
std::string own_token_param(const Profile& profile, const std::string& endpoint,
                            const PresentedClient& presented, const Fields& parameters) {
  const bool is_revocation = endpoint == "revoke" && !profile.revoke_needs_client;
  if (is_revocation && presented.id.empty() && !presented.by_basic) return "token";
  const OwnExchange* exchange = profile.find_exchange(text_of(parameters, "grant_type"));
  return exchange && !exchange->wants_client ? exchange->token_param : "";
}

// The client that the token was given to.
std::variant<const Client*, Refusal> client_of_token(const Tenant& tenant, const Profile& profile,
                                                     const std::string& endpoint, const std::string& value) {
  const Token* token = tenant.grants.find(value);
  const Client* client =
      token ? tenant.clients.find(profile.id(), tenant.grants.family_of(*token)->client_id) : nullptr;
  if (client) return client;
  return Refusal{endpoint == "revoke" ? "invalid_token" : "invalid_grant", "the token is unknown"};
}

// As the endpoint is asked for, with the names and what may be left out added.
std::optional<Fields> parameters_of(const Profile& profile, const ServerRequest& request,
                                    const std::string& endpoint) {
  auto parameters = request.method == "GET" ? std::optional(request.query) : body_parameters(request);
  if (!parameters) return std::nullopt;
  if (endpoint == "revoke" && !profile.revoke_needs_client)
    parameters->insert(parameters->end(), request.query.begin(), request.query.end());
  parameters = profile.with_rfc_names(std::move(*parameters));
  const bool means_code =
      !profile.needs_grant_type && endpoint == "token" && !text_of(*parameters, "code").empty();
  if (means_code && text_of(*parameters, "grant_type").empty())
    parameters->emplace_back("grant_type", "authorization_code");
  return parameters;
}

}  // namespace

std::variant<ClientRequest, Refusal> read_client_request(const Tenant& tenant, const Profile& profile,
                                                         const ServerRequest& request, Exchange& exchange) {
  const std::string endpoint = exchange.entry.endpoint;
  auto parameters = parameters_of(profile, request, endpoint);
  if (auto refused = refuse_body(profile, request, endpoint, parameters)) return std::move(*refused);
  exchange.entry.parameters = redact_parameters(*parameters);
  const PresentedClient presented = presented_client(request, *parameters);
  // What stands in the place of the id may be the secret itself.
  if (!profile.secret_is_basic_user) exchange.entry.client_id = presented.id;
  const std::string own = own_token_param(profile, endpoint, presented, *parameters);
  auto client = own.empty() ? authenticate(tenant, profile, presented)
                            : client_of_token(tenant, profile, endpoint, text_of(*parameters, own));
  if (auto* refused = std::get_if<Refusal>(&client)) return std::move(*refused);
  exchange.entry.client_id = std::get<const Client*>(client)->client_id;
  return ClientRequest{std::get<const Client*>(client), std::move(*parameters)};
}

void note_token(const Tenant& tenant, const std::string& value, Exchange& exchange) {
  const Token* token = tenant.grants.find(value);
  if (!token) return;
  const Family& family = *tenant.grants.family_of(*token);
  exchange.entry.parent = token->id;
  exchange.entry.family = family.id;
  exchange.entry.account = family.account;
  exchange.hide(value, token->id);
}

}  // namespace coffer::mock
