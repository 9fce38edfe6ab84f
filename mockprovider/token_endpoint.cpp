#include "mockprovider/token_endpoint.h"

#include <nlohmann/json.hpp>

#include "mockprovider/oauth_request.h"
#include "mockprovider/token_answer.h"
#include "vault/base/json.h"
#include "vault/base/secret.h"

namespace coffer::mock {
namespace {

using ClientOrRefusal = std::variant<const Client*, Refusal>;

ClientOrRefusal authenticate(const Tenant& tenant, const Profile& profile, const ServerRequest& request,
                             const Fields& parameters) {
  const PresentedClient presented = presented_client(request, parameters);
  if (presented.is_ambiguous) {
    return Refusal{"invalid_request", "the client is named in the header and in the body", {}, {}};
  }
  const Client* client = tenant.clients.find(profile.id(), presented.id);
  if (!client || !constant_time_equal(client->client_secret, presented.secret)) {
    return Refusal{"invalid_client", "unknown client or wrong secret", {}, {}};
  }
  const bool must_use_basic = profile.provider->token_auth == Provider::TokenAuth::Basic;
  if (must_use_basic && !presented.by_basic && !client->client_secret.empty()) {
    return Refusal{
        "invalid_client", "this provider takes client credentials in the Authorization header", {}, {}};
  }
  return client;
}

// What every request of a client has to be, or why it is refused.
std::optional<Fields> read_parameters(const Profile& profile, const ServerRequest& request,
                                      Refusal& refusal) {
  auto parameters = body_parameters(request);
  const bool wants_json = profile.provider->body_format == Provider::BodyFormat::Json;
  if (!parameters) {
    refusal = {"invalid_request", "the body is neither a form nor a JSON object", {}, {}};
  } else if (!request.body.empty() && is_json_request(request) != wants_json) {
    refusal = {"invalid_request",
               wants_json ? "this provider takes a JSON body" : "the body has to be a form",
               {},
               {}};
    return std::nullopt;
  } else if (has_duplicates(*parameters)) {
    refusal = {"invalid_request", "a parameter comes twice", {}, {}};
    return std::nullopt;
  }
  return parameters;
}

GrantOutcome redeem(Tenant& tenant, const Profile& profile, const Client& client, const Fields& parameters,
                    Exchange& exchange) {
  const std::string code = text_of(parameters, "code");
  const std::string redirect_uri = text_of(parameters, "redirect_uri");
  const std::string verifier = text_of(parameters, "code_verifier");
  if (code.empty()) return Refusal{"invalid_request", "code is missing", {}, {}};
  exchange.entry.account = tenant.grants.account_of_code(code);
  return tenant.grants.redeem({code, profile.id(), client.client_id, redirect_uri, verifier}, profile.policy);
}

GrantOutcome refresh(Tenant& tenant, const Profile& profile, const Client& client, const Fields& parameters,
                     Exchange& exchange) {
  const std::string refresh_token = text_of(parameters, "refresh_token");
  if (refresh_token.empty()) return Refusal{"invalid_request", "refresh_token is missing", {}, {}};
  if (const Token* token = tenant.grants.find(refresh_token)) {
    exchange.entry.account = tenant.grants.family_of(*token)->account;
    exchange.hide(refresh_token, token->id);
  }
  auto scopes = split_scopes(profile, text_of(parameters, "scope"));
  return tenant.grants.refresh({refresh_token, profile.id(), client.client_id, std::move(scopes)},
                               profile.policy);
}

GrantOutcome grant(Tenant& tenant, const Profile& profile, const ServerRequest& request, Exchange& exchange) {
  Refusal refusal;
  const auto parameters = read_parameters(profile, request, refusal);
  if (!parameters) return refusal;
  exchange.entry.parameters = redact_parameters(*parameters);
  exchange.entry.client_id = presented_client(request, *parameters).id;
  const auto client = authenticate(tenant, profile, request, *parameters);
  if (const auto* refused = std::get_if<Refusal>(&client)) return *refused;
  const std::string type = text_of(*parameters, "grant_type");
  if (type == "authorization_code") {
    return redeem(tenant, profile, *std::get<const Client*>(client), *parameters, exchange);
  }
  if (type == "refresh_token") {
    return refresh(tenant, profile, *std::get<const Client*>(client), *parameters, exchange);
  }
  if (type.empty()) return Refusal{"invalid_request", "grant_type is missing", {}, {}};
  return Refusal{
      "unsupported_grant_type", "this provider knows authorization_code and refresh_token", {}, {}};
}

void note(Exchange& exchange, const IssuedTokens& issued) {
  exchange.entry.family = issued.family;
  exchange.entry.parent = issued.parent;
  exchange.entry.access_id = issued.access_id;
  exchange.entry.refresh_id = issued.refresh_id;
  exchange.hide(issued.access_token, issued.access_id);
  exchange.hide(issued.refresh_token, issued.refresh_id);
}

void note(Exchange& exchange, const Refusal& refusal) {
  exchange.entry.family = refusal.family;
  exchange.entry.parent = refusal.parent;
  exchange.entry.error = refusal.error;
}

ServerResponse no_store(ServerResponse response) {
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

Json introspection(const Tenant& tenant, const Profile& profile, const Client& client,
                   const std::string& value) {
  const Token* token = tenant.grants.find(value);
  if (!token || !tenant.grants.is_live(*token)) return {{"active", false}};
  const Family& family = *tenant.grants.family_of(*token);
  if (family.client_id != client.client_id || family.provider != profile.id()) return {{"active", false}};
  Json answer = {{"active", true},
                 {"client_id", family.client_id},
                 {"username", family.account},
                 {"sub", subject_of(profile.id(), family.account)},
                 {"scope", join(token->scopes, " ")},
                 {"iss", tenant.issuer_of(profile)},
                 {"iat", to_ms(token->issued_at) / 1000}};
  if (token->kind == TokenKind::Access) answer["token_type"] = "Bearer";
  if (token->expires_at) answer["exp"] = to_ms(*token->expires_at) / 1000;
  return answer;
}

// Revocation and introspection: authenticates the client and reads `token`.
std::variant<const Client*, Refusal> read_token_request(Tenant& tenant, const Profile& profile,
                                                        const ServerRequest& request, Exchange& exchange,
                                                        std::string& value) {
  const auto parameters = body_parameters(request);
  if (!parameters || has_duplicates(*parameters)) {
    return Refusal{"invalid_request", "the body is not a form without duplicates", {}, {}};
  }
  exchange.entry.parameters = redact_parameters(*parameters);
  exchange.entry.client_id = presented_client(request, *parameters).id;
  auto client = authenticate(tenant, profile, request, *parameters);
  if (std::holds_alternative<Refusal>(client)) return client;
  value = text_of(*parameters, "token");
  if (value.empty()) return Refusal{"invalid_request", "token is missing", {}, {}};
  if (const Token* token = tenant.grants.find(value)) {
    exchange.entry.parent = token->id;
    exchange.entry.family = token->family;
    exchange.entry.account = tenant.grants.family_of(*token)->account;
  }
  return client;
}

}  // namespace

ServerResponse serve_token(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                           Exchange& exchange) {
  const bool is_refresh = exchange.entry.endpoint == "refresh";
  const GrantOutcome outcome = grant(tenant, profile, request, exchange);
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    note(exchange, *refusal);
    return token_error(tenant, profile, request, *refusal);
  }
  const auto& issued = std::get<IssuedTokens>(outcome);
  note(exchange, issued);
  if (is_refresh) ++tenant.refreshes_granted;
  return token_answer(tenant, profile, request, issued, exchange.entry.client_id, is_refresh);
}

ServerResponse serve_revoke(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                            Exchange& exchange) {
  std::string value;
  const auto client = read_token_request(tenant, profile, request, exchange, value);
  Refusal refusal;
  if (const auto* refused = std::get_if<Refusal>(&client)) {
    refusal = *refused;
  } else if (!tenant.grants.revoke(value, std::get<const Client*>(client)->client_id)) {
    refusal = {"invalid_grant", "the token belongs to another client", {}, {}};
  } else {
    return no_store(ServerResponse::json(200, "{}"));
  }
  exchange.entry.error = refusal.error;
  return token_error(tenant, profile, request, refusal);
}

ServerResponse serve_introspect(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                                Exchange& exchange) {
  std::string value;
  const auto client = read_token_request(tenant, profile, request, exchange, value);
  if (const auto* refused = std::get_if<Refusal>(&client)) {
    exchange.entry.error = refused->error;
    return token_error(tenant, profile, request, *refused);
  }
  const Json answer = introspection(tenant, profile, *std::get<const Client*>(client), value);
  return no_store(ServerResponse::json(200, dump_json(answer)));
}

}  // namespace coffer::mock
