#include "mockprovider/par_endpoint.h"

#include <nlohmann/json.hpp>

#include "mockprovider/authorization_check.h"
#include "mockprovider/client_authentication.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/token_answer.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

using Pushed = std::variant<AuthorizationRequest, Refusal>;

Pushed check(const Tenant& tenant, const Profile& profile, ClientRequest asked) {
  if (find_field(asked.parameters, "request_uri")) {
    return Refusal{"invalid_request", "request_uri cannot be pushed"};
  }
  // Whoever authenticated by the header need not say its id again.
  if (!find_field(asked.parameters, "client_id")) {
    asked.parameters.emplace_back("client_id", asked.client->client_id);
  }
  auto checked = check_authorization(tenant, profile, asked.parameters, AskedBy::Client);
  if (auto* request = std::get_if<AuthorizationRequest>(&checked)) return std::move(*request);
  if (const auto* error = std::get_if<AuthorizationError>(&checked)) {
    return Refusal{error->error, error->description};
  }
  return Refusal{"invalid_request", std::get<UntrustedRequest>(checked).problem};
}

}  // namespace

ServerResponse serve_par(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                         Exchange& exchange) {
  auto read = read_client_request(tenant, profile, request, exchange);
  auto* asked = std::get_if<ClientRequest>(&read);
  auto pushed = asked ? check(tenant, profile, std::move(*asked)) : Pushed(std::get<Refusal>(read));
  if (const auto* refusal = std::get_if<Refusal>(&pushed)) {
    exchange.entry.error = refusal->error;
    return token_error(tenant, profile, request, *refusal);
  }
  const std::string address = tenant.pushed.add(std::move(std::get<AuthorizationRequest>(pushed)));
  exchange.hide(address, "request_uri");
  const Json answer = {
      {"request_uri", address},
      {"expires_in", std::chrono::duration_cast<std::chrono::seconds>(kPushedRequestLifetime).count()}};
  return ServerResponse::json(201, dump_json(answer)).with_header("Cache-Control", "no-store");
}

}  // namespace coffer::mock
