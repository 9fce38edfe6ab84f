#include "mockprovider/registration_endpoint.h"

#include <nlohmann/json.hpp>

#include "mockprovider/client_metadata.h"
#include "mockprovider/error_answer.h"
#include "mockprovider/mounts.h"
#include "mockprovider/oauth_request.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/secret.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kSecretBytes = 32;

ServerResponse no_store(ServerResponse response) {
  return std::move(response).with_header("Cache-Control", "no-store").with_header("Pragma", "no-cache");
}

ServerResponse refuse(const Refusal& refusal, Exchange& exchange) {
  exchange.entry.error = refusal.error;
  const Json body = {{"error", refusal.error}, {"error_description", refusal.description}};
  return no_store(ServerResponse::json(400, dump_json(body)));
}

// RFC 7591 section 3.2.1.
ServerResponse tell(const Tenant& tenant, const Profile& profile, const Client& client, int status,
                    Exchange& exchange) {
  exchange.entry.client_id = client.client_id;
  exchange.hide(client.client_secret, "client_secret");
  exchange.hide(client.registration_token, "registration_access_token");
  Json answer = parse_json(client.registered_metadata);
  answer["client_id"] = client.client_id;
  answer["client_id_issued_at"] = to_ms(client.registered_at) / 1000;
  answer["registration_access_token"] = client.registration_token;
  answer["registration_client_uri"] =
      tenant.issuer_of(profile) + "/register/" + percent_encode(client.client_id);
  if (!client.client_secret.empty()) {
    answer["client_secret"] = client.client_secret;
    answer["client_secret_expires_at"] = 0;
  }
  return no_store(ServerResponse::json(status, dump_json(answer)));
}

std::optional<Json> read_object(const ServerRequest& request) try {
  if (!is_json_request(request)) return std::nullopt;
  Json body = parse_json(request.body);
  return body.is_object() ? std::optional(std::move(body)) : std::nullopt;
} catch (const Error&) {
  return std::nullopt;
}

Refusal no_object() {
  return {"invalid_client_metadata", "the body is not a JSON object"};
}

void give_secret(Tenant& tenant, Client& client) {
  const bool is_public = client.auth_method == "none";
  if (is_public) client.client_secret.clear();
  if (!is_public && client.client_secret.empty()) {
    client.client_secret = random_id(tenant.random, "mcs_", kSecretBytes);
  }
}

const Client* find_own(const Tenant& tenant, const Profile& profile, const ServerRequest& request) {
  const std::string id = percent_decode(request.path.substr(request.path.rfind('/') + 1)).value_or("");
  const Client* client = tenant.clients.find(profile.id(), id);
  const std::string token = bearer_token(request);
  const bool is_own =
      client && !client->registration_token.empty() && constant_time_equal(client->registration_token, token);
  return is_own ? client : nullptr;
}

// RFC 7592 section 2.2: all of the metadata, and of what the server gave only id and secret.
std::optional<Refusal> refuse_update(const Client& client, const Json& body) {
  if (body.value("client_id", Json()) != client.client_id) {
    return Refusal{"invalid_client_metadata", "client_id is not this client's"};
  }
  const Json secret = body.value("client_secret", Json());
  if (!secret.is_null() && secret != client.client_secret) {
    return Refusal{"invalid_client_metadata", "client_secret is not the one that is in force"};
  }
  for (const char* name : {"registration_access_token", "registration_client_uri", "client_secret_expires_at",
                           "client_id_issued_at"}) {
    if (!body.value(name, Json()).is_null()) {
      return Refusal{"invalid_client_metadata", std::string(name) + " is not the client's to say"};
    }
  }
  return std::nullopt;
}

ServerResponse update(Tenant& tenant, const Profile& profile, const Client& before,
                      const ServerRequest& request, Exchange& exchange) {
  auto body = read_object(request);
  if (!body) return refuse(no_object(), exchange);
  if (const auto refusal = refuse_update(before, *body)) return refuse(*refusal, exchange);
  body->erase("client_id");
  body->erase("client_secret");
  auto read = read_client_metadata(profile, *body);
  if (const auto* refusal = std::get_if<Refusal>(&read)) return refuse(*refusal, exchange);
  Client& client = std::get<Client>(read);
  client.client_id = before.client_id;
  client.client_secret = before.client_secret;
  client.registration_token = before.registration_token;
  client.registered_at = before.registered_at;
  give_secret(tenant, client);
  tenant.clients.add(client);
  return tell(tenant, profile, client, 200, exchange);
}

}  // namespace

ServerResponse serve_register(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                              Exchange& exchange) {
  const auto body = read_object(request);
  if (!body) return refuse(no_object(), exchange);
  auto read = read_client_metadata(profile, *body);
  if (const auto* refusal = std::get_if<Refusal>(&read)) return refuse(*refusal, exchange);
  Client& client = std::get<Client>(read);
  client.client_id = random_id(tenant.random, "mci_", 12);
  client.registration_token = random_id(tenant.random, "mrg_", kSecretBytes);
  client.registered_at = tenant.clock.now();
  give_secret(tenant, client);
  tenant.clients.add(client);
  return tell(tenant, profile, client, 201, exchange);
}

ServerResponse serve_registration(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                                  Exchange& exchange) {
  const Client* client = find_own(tenant, profile, request);
  if (!client) {
    exchange.entry.error = "invalid_token";
    return bearer_refusal(profile.id(), 401, "invalid_token", !bearer_token(request).empty());
  }
  if (served_method(request) == "GET") return tell(tenant, profile, *client, 200, exchange);
  if (request.method == "PUT") return update(tenant, profile, *client, request, exchange);
  exchange.entry.client_id = client->client_id;
  tenant.grants.revoke_client(profile.id(), client->client_id);
  tenant.clients.remove(profile.id(), std::string(client->client_id));
  ServerResponse gone;
  gone.status = 204;
  return no_store(std::move(gone));
}

}  // namespace coffer::mock
